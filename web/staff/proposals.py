"""Proposals in the console, for authors: choose who gets a release, see how many that is, and propose it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final, Self

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from config import languages
from db.session import transaction
from mailer import announcements, audience, proposals, releases, rest, topics
from mailer.audience import Exclusion
from mailer.models.announcements import Announcement, Audience
from mailer.models.releases import Release
from mailer.models.subscribers import Topic
from web.staff import acts, conflicts, language_names, offers

blueprint = Blueprint("proposals", __name__)
conflicts.install(blueprint)

LEFT_OUT: Final = {
    Exclusion.NOT_CONFIRMED: "have not confirmed, or have left",
    Exclusion.SUPPRESSED: "must not be mailed: their address failed, or they complained",
    Exclusion.PAUSED: "have paused their subscription",
    Exclusion.OTHER_LANGUAGE: "read a language that was not chosen",
    Exclusion.NO_VERSION: "have no version in their language",
    Exclusion.NOT_AMENDED: "did not get the release that this one amends",
    Exclusion.HAS_IT: "have it already, or may have it",
}
"""What each exclusion says of the readers it counts."""


@dataclass(frozen=True)
class Choice:
    """Who is to get a release, as the form holds it: topics by slug, languages by code (none is all)."""

    audience: Audience
    topics: tuple[str, ...]
    languages: tuple[str, ...] = ()
    fallback: bool = True

    @classmethod
    def usual(cls, session: Session, release: Release, to: Audience) -> Self:
        """Return what the form begins with."""
        return cls(to, _slugs(offers.usual_topics(session, release, to)))

    @classmethod
    def rest_of(cls, announcement: Announcement) -> Self:
        """Return what was chosen for an announcement: whoever of these has the release is left out."""
        current = [topic for topic in announcement.topics if topic.retired_at is None]
        languages = tuple(announcement.languages or ())
        return cls(announcement.audience, _slugs(current), languages, announcement.fallback)

    @classmethod
    def posted(cls, form: MultiDict[str, str], to: Audience) -> Self:
        """Return what a person chose; a language that we do not speak is none."""
        chosen = [code for code in form.getlist("languages") if code in languages.BY_CODE]
        return cls(to, tuple(form.getlist("topics")), tuple(chosen), "fallback" in form)

    @property
    def mark(self) -> str:
        """The choice as one line, by which the form knows which one it was counted for."""
        words = (*self.topics, "/", *self.languages, "/", "fallback" if self.fallback else "none")
        return " ".join((self.audience, *words))


@blueprint.get("/<slug>/propose")
def ask(slug: str) -> str:
    """Show how many a release would reach, and the form that says who."""
    with transaction() as session:
        release = releases.named(session, slug)
        to = _audience(session, release, request.args.get("audience", ""))
        cancelled = _cancelled(session, release, to)
        usual = Choice.usual(session, release, to)
        return _page(session, release, Choice.rest_of(cancelled) if cancelled else usual)


@blueprint.post("/<slug>/propose")
def propose(slug: str) -> ResponseReturnValue:
    """Propose to announce a release to whoever was counted; another choice is counted first."""
    form = request.form
    try:
        with transaction() as session:
            release = releases.named(session, slug)
            choice = Choice.posted(form, _audience(session, release, form.get("audience", "")))
            if form.get("do") == "count":
                return _page(session, release, choice)
            if form.get("counted") != choice.mark:
                return _page(session, release, choice, fault=_CHANGED), HTTPStatus.CONFLICT
            id_ = _propose(session, release, choice)
    except (announcements.AnnouncementRefused, topics.UnknownTopic) as refused:
        return _again(slug, str(refused)), HTTPStatus.CONFLICT
    flash("Proposed. A second person must approve it before anything is sent.", "success")
    return redirect(url_for("announcements.show", announcement_id=id_), 303)


_CHANGED: Final = "You changed who gets it. This is the new count; press again where it is right."


def _propose(session: Session, release: Release, choice: Choice) -> int:
    announcement = proposals.propose(
        session,
        release,
        author_id=current_user.id,
        now=datetime.now(UTC),
        audience=choice.audience,
        topics=topics.named(session, choice.topics),
        languages=choice.languages,
        fallback=choice.fallback,
    )
    subject, detail = f"announcement {announcement.id}", f"release {release.id}, {choice.audience}"
    acts.record(session, "announcement.propose", subject=subject, detail=detail)
    return announcement.id


def _audience(session: Session, release: Release, asked: str) -> Audience:
    """Return the audience that was asked for, where the release may have it, else its usual one."""
    possible = offers.audiences(session, release, offers.announced(session, release))
    return next((each for each in possible if each == asked), possible[0])


def _cancelled(session: Session, release: Release, to: Audience) -> Announcement | None:
    """Return the cancelled announcement to this audience whose rest was asked for."""
    asked = request.args.get("rest")
    made = (each for each in offers.announced(session, release) if each.audience is to)
    return next((each for each in made if str(each.id) == asked and rest.has_any(each)), None)


def _again(slug: str, fault: str) -> str:
    """Show the form again as it was filled in, with why it was refused."""
    with transaction() as session:
        release = releases.named(session, slug)
        to = _audience(session, release, request.form.get("audience", ""))
        known = _slugs(offers.topics_for(session, to))
        posted = Choice.posted(request.form, to)
        kept = tuple(slug for slug in posted.topics if slug in known)
        choice = Choice(to, kept, posted.languages, posted.fallback)
        return _page(session, release, choice, fault=fault)


def _page(session: Session, release: Release, choice: Choice, *, fault: str = "") -> str:
    made = offers.announced(session, release)
    chosen = [t for t in offers.topics_for(session, choice.audience) if t.slug in choice.topics]
    rule = audience.rule(
        release,
        audience=choice.audience,
        topics=chosen,
        languages=choice.languages,
        fallback=choice.fallback,
    )
    return render_template(
        "staff/announcements/propose.html",
        release=release,
        choice=choice,
        count=audience.counted(session, rule),
        left_out=LEFT_OUT,
        under_way=offers.under_way(made, choice.audience),
        sent_before=any(each.started_at for each in made),
        again=any(each.started_at and each.audience is choice.audience for each in made),
        cancelled=offers.cancelled(made, choice.audience),
        is_public=releases.is_public(release, now=datetime.now(UTC)),
        audiences=offers.audiences(session, release, made),
        topics=offers.topics_for(session, choice.audience),
        languages=[(each.code, language_names.of(each.code)) for each in languages.LANGUAGES],
        written=[language_names.of(version.language) for version in release.versions],
        fault=fault,
    )


def _slugs(chosen: Iterable[Topic]) -> tuple[str, ...]:
    return tuple(topic.slug for topic in chosen)
