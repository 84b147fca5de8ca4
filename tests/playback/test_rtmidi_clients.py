import pytest

from drumapp.playback.midi_messages import MidiPortError
from drumapp.playback.rtmidi_clients import PortClients


class Client:
    """One of rtmidi's. Attributes: number, in order of being made; open, whether it has a port."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.open = False

    def close_port(self) -> None:
        self.open = False


class Interface:
    """Makes clients, so many at most."""

    def __init__(self, most: int = 100) -> None:
        self.made: list[Client] = []
        self._most = most

    def make(self) -> Client:
        if len(self.made) == self._most:
            raise MidiPortError("no more")
        self.made.append(Client(len(self.made)))
        return self.made[-1]


def connect(clients: PortClients) -> Client:
    client = clients.take()
    client.open = True
    return client


def started(ahead: int, most: int = 100) -> tuple[PortClients, list[Client]]:
    interface = Interface(most)
    clients = PortClients(interface.make, ahead)
    clients.begin()
    clients.begin()
    return clients, interface.made


@pytest.mark.parametrize(("ahead", "made"), [(0, 1), (1, 1), (3, 3)])
def test_there_is_always_one_that_can_list_the_ports(ahead, made):
    clients, all_made = started(ahead)
    assert clients.all == all_made
    assert len(all_made) == made


def test_the_first_keeps_its_place_for_the_virtual_port():
    clients, _ = started(2)
    assert [clients.take().number, clients.take().number, clients.take_first().number] == [1, 2, 0]


def test_who_has_kept_a_port_gets_it_again():
    clients, _ = started(2)
    client = connect(clients)
    clients.keep(client, "Synth")
    assert clients.connected == [client]
    assert clients.take_connected("Sampler") is None
    assert clients.take_connected("Synth") is client
    assert clients.take_connected("Synth") is None
    assert client.open


def test_a_port_whose_other_end_has_gone_is_not_trusted_when_that_comes_back_and_its_client_serves_another():
    clients, made = started(2)
    client = connect(clients)
    clients.keep(client, "Synth")
    clients.notice(["Synth"])
    assert clients.connected == [client]
    clients.notice(["Sampler"])
    clients.notice(["Sampler", "Synth"])
    assert clients.take_connected("Synth") is None
    assert clients.take() is client
    assert not client.open
    assert len(made) == 2


def test_tidying_closes_what_is_kept_but_for_what_is_to_stay_and_makes_clients_ahead():
    clients, made = started(2)
    virtual, kept, gone, used = clients.take_first(), connect(clients), connect(clients), connect(clients)
    virtual.open = True
    for client, name in ((virtual, "Drumapp"), (kept, "Synth"), (gone, "Sampler")):
        clients.keep(client, name)
    clients.notice(["Synth"], "Drumapp")
    clients.tidy("Drumapp")
    assert [client.open for client in (virtual, kept, gone, used)] == [True, False, False, True]
    assert clients.connected == [virtual]
    assert len(made) == 4
    assert {clients.take(), clients.take()} == {kept, gone}
    clients.tidy("Drumapp")
    assert len(made) == 6


def test_when_no_more_can_be_had_what_there_is_is_tidy():
    clients, _ = started(2, most=2)
    clients.keep(connect(clients), "Synth")
    clients.take_first()
    with pytest.raises(MidiPortError):
        clients.tidy()
    assert clients.connected == []
    assert not clients.take().open


def test_those_of_a_server_that_died_are_forgotten():
    clients, made = started(2)
    clients.keep(connect(clients), "Synth")
    clients.forget()
    assert (clients.all, clients.connected) == ([], [])
    clients.begin()
    assert clients.all == made[2:]
