"""Every setting of every process, from the environment (``ORDERLOOM_...``); read by entry points only.

Temporal's address and credentials are not here: they come from Temporal's own environment configuration.
"""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class PartnerSettings(BaseModel):
    """Where one partner is, and which adapter speaks to it."""

    kind: str = "sandbox"
    url: str
    timeout_s: Annotated[float, Field(gt=0, le=60)] = 10.0
    """How long one exchange may take. An effect may be several: all of them have a minute and a half
    (workflows/attempting.py)."""
    callback_secret: SecretStr = SecretStr("")
    """The secret its callbacks are signed with; empty: callbacks from it are refused."""
    key: SecretStr = SecretStr("")
    """What we show it to be let in: an API key, a token."""
    options: dict[str, JsonValue] = {}
    """What else its kind of adapter wants to know, as a JSON document; the adapter says what is missing or wrong."""


class Settings(BaseSettings):
    """All of it. A nested setting is spelt with two underscores: ``ORDERLOOM_ERP__URL``."""

    model_config = SettingsConfigDict(env_prefix="ORDERLOOM_", env_nested_delimiter="__", extra="ignore")

    data_dir: Path = Path(".orderloom")
    """Where the local stack keeps what must outlive it."""
    database_url: str = ""
    """A SQLAlchemy address; empty: SQLite in `data_dir`."""
    api_key_pepper: SecretStr = SecretStr("")
    """The secret that API keys are hashed with, the same in every process; empty: made once and kept in `data_dir`."""
    policies: Path = Path(__file__).parent.parent / "ops" / "policies"
    """The folder of policy sets, one file a version."""
    api_host: str = "127.0.0.1"
    api_port: int = 8400
    api_url: str = "http://127.0.0.1:8400"
    """Where clients and partners reach the API."""
    task_queue: str = "orders"
    build_id: str = ""
    """The worker deployment's build, such as an image's tag; empty: worked out from the source."""
    promote_build: bool = True
    """Whether a starting worker makes its build the current one; false where a roll-out does that, in steps."""
    otlp_endpoint: str = ""
    """An OpenTelemetry collector's HTTP address; empty: spans stay in the process."""
    log_format: str = "json"
    worker_metrics_host: str = "127.0.0.1"
    worker_metrics_port: int = 8401
    """Where Temporal's worker metrics are served for Prometheus; 0: nowhere."""

    erp: PartnerSettings = PartnerSettings(url="http://127.0.0.1:8411")
    wms: PartnerSettings = PartnerSettings(url="http://127.0.0.1:8412")
    payment: PartnerSettings = PartnerSettings(url="http://127.0.0.1:8413")
    carrier: PartnerSettings = PartnerSettings(url="http://127.0.0.1:8414")
    notification: PartnerSettings = PartnerSettings(url="http://127.0.0.1:8415")
    channels: PartnerSettings = PartnerSettings(url="http://127.0.0.1:8416")
    """Where channels are told what they may sell, those apart that are connected by name."""
    shops: dict[str, PartnerSettings] = {}
    """Channels that are connected by name, each of its own kind; a JSON document."""

    shopify_secret: SecretStr = SecretStr("")
    """Shopify's webhook secret; set: a payload without its signature is refused."""
    woocommerce_secret: SecretStr = SecretStr("")
    """WooCommerce's webhook secret; set: a payload without its signature is refused."""

    @property
    def database(self) -> str:
        """The database's address, the embedded default filled in."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir.resolve() / 'orderloom.db'}"
