"""Fifty stories under fifty plans of faults: the books equal Stripe's, whatever happened on the way."""

import pytest
from flask import Flask

from payments.proving import seeds
from tests.payments.properties import scene

SEEDS = range(50)


@pytest.mark.journey
@pytest.mark.parametrize("seed", SEEDS)
def test_the_rules_hold_whatever_happens(app: Flask, seed: int) -> None:
    with scene.ground(app, seed) as ground:
        proof = seeds.prove(ground, seed)
    assert not proof.faults
