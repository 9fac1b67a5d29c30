"""The configuration of Janus and of its TURN relay, as files: private, and made anew whenever it is asked for."""

from dataclasses import dataclass
from pathlib import Path
from string import Template

from app.live.providers.janus import secret

FOLDER = "janus"  # in the instance
_UNUSED = "audiobridge duktape echotest lua nosip recordplay sip textroom videocall voicemail"
_NO_TRANSPORTS = "mqtt nanomsg pfunix rabbitmq"
_NO_EVENTS = "gelfevh mqttevh nanomsgevh rabbitmqevh wsevh"
_NO_LOGGERS = "jsonlog"

# Browsers reach the WebSocket alone, through a proxy; the Admin API is for the application, on the same machine.
_FILES = {
    "janus.jcfg": """general: {
  configs_folder = "$folder"
  interface = "127.0.0.1"
  admin_secret = "$admin"
  token_auth = true
  token_auth_secret = "$token"
  server_name = "Tinkuy"
  debug_level = 3
  debug_colors = false
  hide_dependencies = true
}
media: { rtp_port_range = "20000-29999" }
nat: { full_trickle = false$address }
plugins: { disable = "$plugins" }
transports: { disable = "$transports" }
loggers: { disable = "$loggers" }
events: { broadcast = true, disable = "$events" }
""",
    "janus.transport.http.jcfg": """general: { http = false, json = "compact" }
admin: { admin_http = true, admin_base_path = "/admin", admin_port = $admin_port, admin_ip = "127.0.0.1" }
""",
    "janus.transport.websockets.jcfg": """general: { ws = true, ws_port = $port, ws_ip = "127.0.0.1", json = "compact" }
""",
    "janus.eventhandler.sampleevh.jcfg": """general: {
  enabled = true
  events = "handles,plugins"
  grouping = true
  json = "compact"
  backend = "$within/sala/propia/avisos"
  backend_user = "janus"
  backend_pwd = "$tell"
}
""",
    "janus.plugin.videoroom.jcfg": """general: { string_ids = true, admin_key = "$key", lock_rtp_forward = true }
""",
    "janus.plugin.streaming.jcfg": """general: { string_ids = true, admin_key = "$key", rtp_port_range = "30000-31999" }
""",
}
# The relay leads to Janus and to nothing else: whoever has a name at it reaches no other machine of ours.
_RELAY = """listening-port=3478
tls-listening-port=443
realm=$realm
use-auth-secret
static-auth-secret=$turn
external-ip=$ip
allowed-peer-ip=$ip
denied-peer-ip=0.0.0.0-255.255.255.255
denied-peer-ip=::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
min-port=16000
max-port=19999
fingerprint
no-multicast-peers
no-cli
no-rfc5780
no-stdout-log
log-file=/dev/null
pidfile=$folder/turnserver.pid
"""


@dataclass(frozen=True)
class Surroundings:
    """What the files say of this installation.

    `site` is its public address, `within` that at which this machine reaches it; `ip` is the machine's public one,
    or empty.
    """

    folder: Path
    port: int
    site: str
    within: str
    ip: str


def files(around: Surroundings) -> dict[str, str]:
    """Return each file by its name. The relay's is there only where the machine's public address is known."""
    values = {
        "folder": str(around.folder),
        "port": around.port,
        "admin_port": around.port + 1,
        "within": around.within,
        "realm": around.site.partition("://")[2].partition(":")[0],
        "ip": around.ip,
        "address": f', nat_1_1_mapping = "{around.ip}", keep_private_host = true' if around.ip else "",
        "key": secret("admin-key"),
        "tell": secret("events"),
        "plugins": _libraries(_UNUSED),
        "transports": _libraries(_NO_TRANSPORTS),
        "loggers": _libraries(_NO_LOGGERS),
        "events": _libraries(_NO_EVENTS),
        **{name: secret(name) for name in ("admin", "token", "turn")},
    }
    wanted = _FILES | ({"turnserver.conf": _RELAY} if around.ip else {})
    return {name: Template(text).substitute(values) for name, text in wanted.items()}


def write(around: Surroundings) -> None:
    """Write the files into their folder, readable by their owner alone: they hold secrets."""
    around.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, text in files(around).items():
        path = around.folder / name
        path.touch(mode=0o600)
        path.write_text(text)


def _libraries(names: str) -> str:
    return ",".join(f"libjanus_{name}.so" for name in names.split())
