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


def started(ahead: int, most: int = 100) -> tuple[PortClients, list[Client]]:
    interface = Interface(most)
    clients = PortClients(interface.make, ahead)
    clients.begin()
    clients.begin()
    return clients, interface.made


def connect(clients: PortClients, client: Client, port: str) -> Client:
    client.open = True
    clients.keep_port(client, port)
    return client


@pytest.mark.parametrize(("ahead", "made"), [(0, 1), (1, 1), (3, 3)])
def test_there_is_always_one_that_can_list_the_ports(ahead, made):
    clients, all_made = started(ahead)
    assert clients.all == all_made
    assert len(all_made) == made


def test_an_interface_that_takes_but_one_client_is_of_use():
    clients, made = started(3, most=1)
    assert clients.all == made
    with pytest.raises(MidiPortError):
        clients.take()
    assert clients.take_first() is made[0]


def test_an_interface_that_takes_none_is_not():
    with pytest.raises(MidiPortError):
        started(3, most=0)


def test_the_first_keeps_its_place_for_the_virtual_port():
    clients, made = started(3)
    first = clients.take_first()
    clients.give_back(first)
    assert [clients.take().number, clients.take().number, clients.take().number] == [2, 1, 3]
    assert clients.take_first() is made[0]


def test_who_offers_the_virtual_port_is_kept_for_it():
    clients, made = started(2)
    client = clients.take_first()
    clients.virtual = client
    assert clients.take().number == 1
    clients.tidy()
    assert clients.take_virtual() is client
    assert clients.take_virtual() is None
    assert len(made) == 4


def test_one_that_waits_keeps_its_own_port_until_it_is_tidied():
    clients, made = started(2)
    client = connect(clients, clients.take(), "Drumapp-01:out")
    used = connect(clients, clients.take(), "Drumapp-02:out")
    clients.give_back(client)
    assert clients.port_of(client) == "Drumapp-01:out"
    clients.tidy()
    assert clients.port_of(client) is None
    assert (client.open, used.open) == (False, True)
    assert clients.take() is client
    assert len(made) == 3


def test_tidying_makes_clients_ahead_as_far_as_there_are_any():
    clients, made = started(3, most=4)
    taken = [clients.take_first() for _ in range(3)]
    clients.tidy()
    assert len(made) == 4
    assert clients.take_first() not in taken


def test_those_of_a_server_that_died_are_forgotten():
    clients, made = started(2)
    connect(clients, clients.take(), "Drumapp-01:out")
    clients.virtual = clients.take_first()
    clients.forget()
    assert (clients.all, clients.virtual) == ([], None)
    clients.begin()
    assert clients.all == made[2:]
