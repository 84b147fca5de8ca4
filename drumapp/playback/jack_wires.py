"""JACK's ports listed, connected and disconnected while Python goes on."""

from __future__ import annotations

import ctypes
import errno
import itertools
import os
import time
from typing import Any

from drumapp.playback.native_chatter import silenced

_NO_START_SERVER = 0x01  # jack_options_t, jack/types.h
_IS_INPUT, _IS_OUTPUT = 0x1, 0x2  # JackPortFlags, there too
_MIDI_TYPE = b"8 bit raw midi"  # JACK_DEFAULT_MIDI_TYPE
_FUNCTIONS = {
    "jack_client_open": (ctypes.c_void_p, (ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p)),
    "jack_client_close": (ctypes.c_int, (ctypes.c_void_p,)),
    "jack_connect": (ctypes.c_int, (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p)),
    "jack_disconnect": (ctypes.c_int, (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p)),
    "jack_get_ports": (
        ctypes.POINTER(ctypes.c_char_p),
        (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong),
    ),
    "jack_free": (None, (ctypes.c_void_p,)),
    "jack_get_buffer_size": (ctypes.c_uint32, (ctypes.c_void_p,)),
    "jack_get_sample_rate": (ctypes.c_uint32, (ctypes.c_void_p,)),
}


class JackWires:
    """Lists and connects ports by a client of its own.

    rtmidi holds Python up for one of JACK's periods and more where it closes a port, which is about as long as a sound
    device has sound in store, and goes through all ports once for each port where it lists them. What is called here
    through ctypes lets the other threads run, and lists them at one go.

    Args: library, the path of what JACK's functions are found in, it or one that it was linked with.
    """

    def __init__(self, library: str, name: str) -> None:
        self._name = name
        self._client: int | None = None
        self._jack = _with_functions(library)

    def midi_ports(self, *, played: bool) -> list[str] | None:
        """The full names of all MIDI ports that are played, or of those that play, in JACK's order; None where there is
        no telling.
        """
        if not self._ready():
            return None
        names = self._jack.jack_get_ports(self._client, None, _MIDI_TYPE, _IS_INPUT if played else _IS_OUTPUT)
        if not names:
            return []
        try:
            return [os.fsdecode(name) for name in itertools.takewhile(bool, names)]
        finally:
            self._jack.jack_free(names)

    def connect(self, source: str, destination: str) -> bool:
        """Connect two ports by their full names; whether they are connected now."""
        if not self._ready():
            return False
        answer = self._call("jack_connect", source, destination)
        if answer == 0:
            self.settle()
        return answer in (0, errno.EEXIST)

    def disconnect(self, source: str, destination: str) -> bool:
        """Undo it, once what was sent is on its way; whether the two are not connected any more."""
        if not self._ready():
            return False
        self.settle()
        self._call("jack_disconnect", source, destination)  # that they are not connected is no error to us
        return True

    def settle(self) -> None:
        """Wait for two of JACK's periods: with the next a connection begins to hold, and what rtmidi was given goes;
        with the one after that for whoever is late.
        """
        if self._ready():
            frames, rate = self._jack.jack_get_buffer_size(self._client), self._jack.jack_get_sample_rate(self._client)
            time.sleep(2 * frames / rate)

    def forget(self) -> None:
        """The server has died: leave the client alone, which would hang."""
        self._client = None

    def close(self) -> None:
        """End the client."""
        if self._client is not None:
            self._jack.jack_client_close(self._client)
            self._client = None

    def _call(self, function: str, source: str, destination: str) -> int:
        with silenced():
            return int(getattr(self._jack, function)(self._client, os.fsencode(source), os.fsencode(destination)))

    def _ready(self) -> bool:
        if self._client is None and self._jack is not None:
            with silenced():
                self._client = self._jack.jack_client_open(self._name.encode(), _NO_START_SERVER, None)
        return self._client is not None


def _with_functions(path: str) -> Any:
    """The library, its functions declared; None where it lacks one."""
    try:
        library = ctypes.CDLL(path)
        for name, (result, arguments) in _FUNCTIONS.items():
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError):
        return None
    return library
