"""Tests of documents: what their PDFs say, in which order, and that the same values are the same bytes."""
