"""Number of examples of the properties, for the long runs: `PROPERTY_EXAMPLES=1500`; fresh ones each time."""

from __future__ import annotations

import os

from hypothesis import settings

if examples := os.environ.get("PROPERTY_EXAMPLES"):
    current = settings.get_profile("verify")
    settings.register_profile("properties", current, max_examples=int(examples))
    settings.load_profile("properties")
