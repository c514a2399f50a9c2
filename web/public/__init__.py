"""The pages for visitors: no script, no cookie, nobody is asked who they are. Imports all but worker."""
