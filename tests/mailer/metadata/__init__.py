"""Tests of what files tell besides what they show."""
