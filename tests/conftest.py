"""Settings for all tests."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("rulereward", deadline=None)  # how fast a machine is says nothing about a property
settings.load_profile("rulereward")
