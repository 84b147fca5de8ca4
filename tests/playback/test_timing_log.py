from drumapp.playback.timing_log import CAPACITY, LatenessLog, Sent, TimingLog, source_of


def test_what_was_added_is_read_back_in_order():
    log = TimingLog()
    for n in range(5):
        log.add(7, n * 1000, n)
    assert log.count == 5
    assert log.since(3) == [Sent(3000, 3), Sent(4000, 4)]
    assert log.since(5) == []


def test_the_oldest_go_when_it_is_full():
    log = TimingLog()
    for n in range(CAPACITY + 10):
        log.add(7, n, -n)
    assert log.since(0) == [Sent(n, -n) for n in range(10, CAPACITY + 10)]


def test_lateness_is_counted_from_the_frames_time():
    log = TimingLog()
    LatenessLog(log, "Synth", time_of=lambda frame: frame * 10, now_ns=lambda: 1234).note(100)
    assert log.since(0) == [Sent(1000, 234)]


def test_ports_are_told_apart():
    log = TimingLog()
    for name, due in (("Synth", 1), ("Sampler", 2), ("Synth", 3)):
        log.add(source_of(name), due, 0)
    assert [sent.due_ns for sent in log.since(0, source_of("Synth"))] == [1, 3]
    assert log.since(0, source_of("Absent")) == []
