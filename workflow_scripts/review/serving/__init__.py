"""The server under the review page: it gives the page and what lies beside it, and keeps the verdicts in a CSV."""
