"""Partners' software: made once for everybody, made anew where it was made half, and run until it is well."""

from __future__ import annotations

import sys
import textwrap
import threading
import time
from pathlib import Path

import httpx
import pytest

from ops.partners.cache import cache_folder, install, made_once, run
from ops.partners.program import Program, answers, running
from ops.stack.ports import choose
from ops.stack.troubles import StackError

SERVER = """
    import sys, signal
    from http.server import BaseHTTPRequestHandler, HTTPServer
    from pathlib import Path

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(int(sys.argv[2]))
            self.end_headers()

        def log_message(self, *said):
            pass

    def stop(*_):
        print("told to stop", flush=True)
        Path("stopped").touch()
        sys.exit(0)

    signal.signal(signal.SIGTERM, stop)
    HTTPServer(("127.0.0.1", int(sys.argv[1])), Answering).serve_forever()
"""


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERLOOM_PARTNER_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def port() -> int:
    return choose({"partner": 0}, lambda _: None)["partner"]


def server(folder: Path, port: int, status: int = 200, **more) -> Program:
    program = folder / "server.py"
    program.write_text(textwrap.dedent(SERVER))
    command = (sys.executable, str(program), str(port), str(status))
    return Program("partner", command, f"http://127.0.0.1:{port}/", folder=folder, **more)


class TestCache:
    def test_what_was_made_is_found_again(self):
        made = []

        def make(folder: Path) -> None:
            made.append(folder)
            (folder / "software").write_text("installed")

        first, second = made_once("shop", "recipe", make), made_once("shop", "recipe", make)

        assert first == second == made[0]
        assert len(made) == 1
        assert (second / "software").read_text() == "installed"

    def test_another_recipe_makes_another_folder(self):
        one, other = (made_once("shop", recipe, lambda _: None) for recipe in ("a", "b"))

        assert one != other
        assert {one.parent, other.parent} == {cache_folder()}

    def test_what_was_made_half_is_made_anew(self):
        def fail(folder: Path) -> None:
            (folder / "half").touch()
            raise StackError("the network is down")

        with pytest.raises(StackError, match="the network is down"):
            made_once("shop", "recipe", fail)
        folder = made_once("shop", "recipe", lambda folder: (folder / "whole").touch())

        assert (folder / "whole").exists()
        assert not (folder / "half").exists()

    def test_two_who_want_it_at_once_make_it_once(self):
        made = []
        gate = threading.Barrier(2)

        def want() -> None:
            gate.wait()
            made_once("shop", "recipe", made.append)

        both = [threading.Thread(target=want) for _ in range(2)]
        for each in both:
            each.start()
        for each in both:
            each.join()

        assert len(made) == 1

    @pytest.mark.parametrize(("given", "folder"), [("/given", "/given"), (None, "/caches/orderloom/partners")])
    def test_it_is_where_the_user_has_his_caches(self, monkeypatch, given, folder):
        monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
        monkeypatch.delenv("ORDERLOOM_PARTNER_CACHE")
        if given:
            monkeypatch.setenv("ORDERLOOM_PARTNER_CACHE", given)

        assert cache_folder() == Path(folder)

    def test_a_user_without_a_home_is_told_what_to_set(self, monkeypatch):
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
        monkeypatch.delenv("ORDERLOOM_PARTNER_CACHE")

        def nobody() -> Path:
            raise RuntimeError("Could not determine home directory.")

        monkeypatch.setattr(Path, "home", nobody)

        with pytest.raises(StackError, match="ORDERLOOM_PARTNER_CACHE"):
            made_once("shop", "recipe", lambda _: None)

    def test_a_place_that_cannot_be_written_is_named(self, tmp_path, monkeypatch):
        (tmp_path / "file").touch()
        monkeypatch.setenv("ORDERLOOM_PARTNER_CACHE", str(tmp_path / "file" / "cache"))

        with pytest.raises(StackError, match=r"file/cache .*ORDERLOOM_PARTNER_CACHE"):
            made_once("shop", "recipe", lambda _: None)


class TestInstalling:
    PIP = """
        import sys
        from pathlib import Path

        asked = Path("asked")
        times = len(asked.read_text()) if asked.exists() else 0
        asked.write_text("x" * (times + 1))
        sys.exit("the connection broke off" if times < int(Path("breaks").read_text()) else 0)
    """

    @pytest.fixture
    def python(self, tmp_path, monkeypatch) -> Path:
        """A Python whose pip breaks off some times, and notes how often it was asked."""
        (tmp_path / "pip.py").write_text(textwrap.dedent(self.PIP))
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        return Path(sys.executable)

    @pytest.mark.parametrize("breaks", [0, 1, 2])
    def test_a_download_that_breaks_off_is_begun_again(self, tmp_path, python, breaks):
        (tmp_path / "breaks").write_text(str(breaks))

        install(python, tmp_path / "requirements.txt")

        assert len((tmp_path / "asked").read_text()) == breaks + 1

    def test_one_that_always_does_is_given_up_and_shown(self, tmp_path, python):
        (tmp_path / "breaks").write_text("99")

        with pytest.raises(StackError, match="the connection broke off"):
            install(python, tmp_path / "requirements.txt")

        assert len((tmp_path / "asked").read_text()) == 3


class TestCommands:
    def test_a_command_may_speak_in_any_letters(self):
        said = run([sys.executable, "-c", r"import sys; sys.stdout.buffer.write(b'caf\xe9 \xc3\xa9')"])

        assert said == "caf\ufffd é"

    def test_what_a_command_printed_is_answered(self, tmp_path):
        code = "import os; print(os.getcwd(), os.environ['COLOUR'])"

        said = run([sys.executable, "-c", code], cwd=tmp_path, environment={"COLOUR": "red"})

        assert said.split() == [str(tmp_path), "red"]

    def test_how_a_command_failed_is_shown_by_its_last_words(self):
        code = "import sys; print('x' * 9000); print('because'); sys.exit(3)"

        with pytest.raises(StackError, match=r"exit code 3: x+\s+because$") as failed:
            run([sys.executable, "-c", code])

        assert len(str(failed.value)) < 3000

    def test_a_command_that_is_not_there_is_named(self):
        with pytest.raises(StackError, match="no-such-tool is not on this machine"):
            run(["no-such-tool"])


class TestPrograms:
    def test_a_program_is_well_inside_the_block_and_ended_after_it(self, tmp_path, port):
        program = server(tmp_path, port)

        with running([program], tmp_path / "logs"):
            assert httpx.get(program.health, trust_env=False).status_code == 200

        assert (tmp_path / "stopped").exists()
        assert not answers(program.health)
        assert (tmp_path / "logs" / "partner.log").read_text() == "told to stop\n"

    def test_whatever_it_answers_below_a_failure_it_is_well(self, tmp_path, port):
        with running([server(tmp_path, port, 404)], tmp_path / "logs"):
            pass

    def test_one_that_answers_with_failures_is_not(self, tmp_path, port):
        with (
            pytest.raises(StackError, match="partner did not come up in time"),
            running([server(tmp_path, port, 500, patience_s=0.5)], tmp_path / "logs"),
        ):
            pytest.fail("it was taken to be well")

    def test_one_that_ends_says_why(self, tmp_path, port):
        command = (sys.executable, "-c", "import sys; print('no such database'); sys.exit(4)")
        program = Program("partner", command, f"http://127.0.0.1:{port}/")

        with (
            pytest.raises(StackError, match="partner ended with exit code 4: no such database"),
            running([program], tmp_path / "logs"),
        ):
            pytest.fail("it was taken to be well")

    def test_what_was_started_before_one_that_failed_is_ended(self, tmp_path, port):
        broken = Program("broken", (sys.executable, "-c", ""), "http://127.0.0.1:1/")

        with pytest.raises(StackError, match="broken ended"), running([server(tmp_path, port), broken], tmp_path):
            pytest.fail("it was taken to be well")

        assert (tmp_path / "stopped").exists()

    def test_whom_it_has_started_ends_with_it(self, tmp_path, port):
        code = f"""
            import os, socket

            listening = socket.create_server(("127.0.0.1", {port}))
            os.fork()
            while True:
                listening.accept()
        """
        program = Program("partner", (sys.executable, "-c", textwrap.dedent(code)), f"tcp://127.0.0.1:{port}")

        with running([program], tmp_path):
            pass

        for _ in range(600):
            if not answers(program.health):
                return
            time.sleep(0.05)
        pytest.fail("it is still there")

    def test_a_partner_may_be_well_that_speaks_no_http(self, port):
        code = f"import socket; s = socket.create_server(('127.0.0.1', {port})); s.accept(); s.accept()"
        program = Program("database", (sys.executable, "-c", code), f"tcp://127.0.0.1:{port}")

        with running([program], cache_folder()):
            pass

        assert not answers(program.health)


class TestVendure:
    def test_without_node_it_says_what_is_missing(self, monkeypatch):
        from ops.partners.vendure.preparing import prepared

        monkeypatch.setenv("PATH", "")

        with pytest.raises(StackError, match=r"Vendure needs Node\.js 20 or later and npm; there is no node"):
            prepared(lambda _: None)

    def test_everything_it_sells_is_known_to_the_erp(self):
        from ops.partners.vendure.assortment import load_assortment
        from ops.sandbox.goods import load_goods

        goods = load_goods(Path(__file__).parents[3] / "ops/samples/goods.yaml")
        sold = load_assortment()

        assert sold.prices.keys() <= {article.sku for article in goods.items}
        assert sold.currency == goods.currency
        assert sold.other_currency in goods.rates
        assert sold.taxes.keys() == sold.countries.keys()

    def test_every_basket_can_be_bought_there(self):
        from ops.partners.vendure.assortment import load_assortment
        from ops.partners.vendure.shoppers import BASKETS

        sold = load_assortment()

        for basket in BASKETS:
            assert basket.goods.keys() <= sold.prices.keys()
            assert basket.shopper.country in sold.countries
            assert basket.way in {way.code for way in sold.shipping}
        assert len({basket.shopper.country for basket in BASKETS}) >= 2
