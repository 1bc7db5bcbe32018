from __future__ import annotations

import json
from pathlib import Path

import pytest
from batonpass.escalation import Customer, CustomerDirectory, CustomerFileError, FileCustomerDirectory


def written(path: Path, *lines: str) -> Path:
    file = path / "customers.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


class DirectoryContract:
    """Subclass it with a fixture ``directory`` that knows C-1, 김서연, vip, with an order."""

    def test_is_a_directory(self, directory: CustomerDirectory) -> None:
        assert isinstance(directory, CustomerDirectory)

    def test_knows_its_customers(self, directory: CustomerDirectory) -> None:
        customer = directory.get("C-1")
        assert customer is not None
        assert (customer.id, customer.name, customer.tier, customer.verified) == ("C-1", "김서연", "vip", True)
        assert customer.record["orders"] == [{"id": "SD-1"}]

    @pytest.mark.parametrize("unknown", ["", "C-2", "c-1", "C-1 ", "../C-1", "%"])
    def test_knows_nobody_else(self, directory: CustomerDirectory, unknown: str) -> None:
        assert directory.get(unknown) is None


class TestFileDirectory(DirectoryContract):
    @pytest.fixture
    def directory(self, tmp_path: Path) -> FileCustomerDirectory:
        record = {"id": "C-1", "name": "김서연", "tier": "vip", "verified": True, "orders": [{"id": "SD-1"}]}
        return FileCustomerDirectory(
            written(tmp_path, json.dumps(record, ensure_ascii=False), "", '{"id": "C-9"}')
        )

    def test_lists_them(self, directory: FileCustomerDirectory) -> None:
        assert [customer.id for customer in directory] == ["C-1", "C-9"]


def test_no_file_means_nobody() -> None:
    assert list(FileCustomerDirectory()) == []
    assert FileCustomerDirectory().get("C-1") is None


def test_missing_keys_have_defaults_and_extras_are_kept() -> None:
    customer = Customer.model_validate({"id": "C-9", "grade": "leaf"})
    assert (customer.name, customer.tier, customer.verified, customer.lang) == ("", "standard", False, None)
    assert customer.record == {"grade": "leaf"}


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"name": "nobody"}', '{"id": 7}', '{"id": "C-1", "verified": "perhaps"}', "null"]
)
def test_a_bad_line_is_named_in_one_line(tmp_path: Path, line: str) -> None:
    file = written(tmp_path, '{"id": "C-1"}', line)
    with pytest.raises(CustomerFileError) as raised:
        FileCustomerDirectory(file)
    assert str(raised.value).startswith(f"{file}:2: ")
    assert len(str(raised.value).splitlines()) == 1


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    file = tmp_path / "customers.jsonl"
    file.write_bytes('{"id": "C-1", "name": "김서연"}'.encode("cp949"))
    with pytest.raises(CustomerFileError, match=r"customers\.jsonl"):
        FileCustomerDirectory(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CustomerFileError, match=r"nowhere\.jsonl"):
        FileCustomerDirectory(tmp_path / "nowhere.jsonl")


def test_line_separators_within_a_record_do_not_end_it(tmp_path: Path) -> None:
    file = written(tmp_path, json.dumps({"id": "C-1", "name": "a\u2028b\x85c"}, ensure_ascii=False))
    customer = FileCustomerDirectory(file).get("C-1")
    assert customer is not None
    assert customer.name == "a\u2028b\x85c"
