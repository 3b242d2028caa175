"""What a process is told when it begins."""

import json

from app.processes.membership import values_of
from app.settings import Settings
from sandbox import Tier


def test_it_gets_every_setting_as_it_is_keys_included():
    settings = Settings(
        api_keys=["hush", "two"],
        tiers=[Tier.FRESH, Tier.WARM],
        cache_file="results",
        cache_bytes="3MiB",
        traces_endpoint="http://localhost:4318",
        default_wall_s=7,
        processes=3,
    )
    values = json.loads(json.dumps(values_of(settings)))

    assert Settings(**values) == settings
    assert set(values) == set(Settings.model_fields)
