"""Addresses of rooms, as people paste them."""

import pytest

from app.live.providers import Provider, place

ID = "dQw4w9WgXcQ"
FRAME = f"https://www.youtube-nocookie.com/embed/{ID}"


@pytest.mark.parametrize(
    ("url", "provider"),
    [
        ("https://zoom.us/j/123", Provider.ZOOM),
        ("https://us02web.zoom.us/j/123?pwd=x", Provider.ZOOM),
        ("https://meet.google.com/abc-defg-hij", Provider.MEET),
        ("https://teams.microsoft.com/l/meetup-join/19%3a", Provider.TEAMS),
        ("https://meet.jit.si/Sala", Provider.JITSI),
        ("https://video.muni.gob.pe/sala", Provider.OTHER),
        ("https://zoom.us.evil.example/j/1", Provider.OTHER),
        ("https://evilzoom.us/j/1", Provider.OTHER),
        ("https://youtube.com.evil.example/watch?v=" + ID, Provider.OTHER),
        ("not an address", Provider.OTHER),
    ],
)
def test_meetings_are_links(url, provider):
    assert (place(url).provider, place(url).embed, place(url).frame_source) == (provider, None, None)


@pytest.mark.parametrize(
    "url",
    [
        f"https://www.youtube.com/watch?v={ID}&t=10",
        f"https://youtu.be/{ID}?si=abc",
        f"https://m.youtube.com/live/{ID}",
        f"https://youtube.com/embed/{ID}",
    ],
)
def test_youtube_plays_in_its_privacy_mode(url):
    found = place(url)
    assert (found.embed, found.frame_source) == (FRAME, "https://www.youtube-nocookie.com")


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/@canal",
        "https://www.youtube.com/watch?v=",
        'https://youtu.be/"><script>x',
        "https://www.youtube.com/watch?v=short",
    ],
)
def test_what_is_no_video_of_youtube_stays_a_link(url):
    assert (place(url).provider, place(url).embed) == (Provider.YOUTUBE, None)


@pytest.mark.parametrize(
    ("url", "embed"),
    [
        ("https://vimeo.com/123456789", "https://player.vimeo.com/video/123456789?dnt=1"),
        (
            "https://vimeo.com/123456789/abcdef1234",
            "https://player.vimeo.com/video/123456789?dnt=1&h=abcdef1234",
        ),
        ("https://vimeo.com/channels/x", None),
    ],
)
def test_vimeo_plays_without_tracking(url, embed):
    assert place(url).embed == embed
