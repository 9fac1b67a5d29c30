"""The paths that people walk, in a real Chromium, each page seen by axe-core too."""
