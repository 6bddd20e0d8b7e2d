from pathlib import Path

import pytest
from kedro.io import DataCatalog, DatasetError

from lbt.generation import Completion, GenerationStore, Origin


@pytest.fixture
def catalog(tmp_path: Path) -> DataCatalog:
    entry = {"type": "lbt.datasets.GenerationStoreDataset", "filepath": str(tmp_path / "02" / "store.sqlite")}
    return DataCatalog.from_config({"store": entry})


def test_the_catalog_gives_a_store_that_keeps_what_is_put(catalog: DataCatalog, tmp_path: Path) -> None:
    assert not catalog.exists("store")
    with catalog.load("store") as store:
        assert isinstance(store, GenerationStore)
        store.put([("key", 0, Completion("text", "stop", 1, 1))], Origin(*"abcde"))
    assert catalog.exists("store")
    with catalog.load("store") as store:
        assert store.count() == 1


def test_saving_is_refused_with_the_way_to_do_it(catalog: DataCatalog) -> None:
    with pytest.raises(DatasetError, match="take it as an input of the node"):
        catalog.save("store", "anything")


def test_the_entry_describes_itself(catalog: DataCatalog, tmp_path: Path) -> None:
    assert "store.sqlite" in str(catalog["store"])
