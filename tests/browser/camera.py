"""A phone whose camera sees what a test holds before it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import qrcode
from PIL import Image
from playwright.sync_api import Browser, Page

from scripts.services import find
from tests.support.browsers import FLAGS, PHONE, Visitors
from tests.support.servers import Server

WIDTH, HEIGHT, RATE = 480, 360, 6
IN_SIGHT, AWAY = 2, 3  # seconds


def film(path: Path, text: str) -> None:
    """Write what a camera sees: a pass held before it, taken away, and so on for as long as it is asked."""
    symbol = qrcode.make(text, box_size=9, border=4).get_image().convert("L")
    if symbol.width > HEIGHT:  # the more a pass says, the smaller its modules
        symbol = qrcode.make(text, box_size=6, border=4).get_image().convert("L")
    held = Image.new("L", (WIDTH, HEIGHT), 140)
    held.paste(symbol, ((WIDTH - symbol.width) // 2, (HEIGHT - symbol.height) // 2))
    empty = Image.new("L", (WIDTH, HEIGHT), 140)
    grey = bytes([128]) * (WIDTH * HEIGHT // 2)
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{RATE}:1 Ip A1:1 C420jpeg\n".encode())
        for picture, seconds in ((empty, 1), (held, IN_SIGHT), (empty, AWAY)):
            for _ in range(seconds * RATE):
                file.write(b"FRAME\n" + picture.tobytes() + grey)


@pytest.fixture
def before_the_camera(browser: Browser, live_server: Server, tmp_path: Path) -> Iterator[Any]:
    """A function that opens a phone whose camera sees a pass with the given text."""
    opened: list[tuple[Browser, Visitors]] = []

    def open_phone(text: str) -> Page:
        film(tmp_path / "camera.y4m", text)
        flag = f"--use-file-for-fake-video-capture={tmp_path / 'camera.y4m'}"
        running = browser.browser_type.launch(executable_path=find("chromium"), args=[*FLAGS, flag])
        visitors = Visitors(running, live_server.url)
        opened.append((running, visitors))
        return visitors(**PHONE)

    yield open_phone
    for running, visitors in opened:
        running.close()
        assert visitors.complaints == []
