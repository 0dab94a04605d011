"""Developer metadata: the fence that makes an append happen once, and the anchor that follows a row."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.google_desk import Desk, anchor, appended, area, desk, error_of, fence, rows, text_row


async def _people(d: Desk, *names: str) -> None:
    await d.batch(appended(text_row("_id", "Имя"), *[text_row(f"r{place}", name) for place, name in enumerate(names)]))


def _aim(number: int, *values: Any, **options: Any) -> dict[str, Any]:
    """A values:batchUpdateByDataFilter body that writes one row through its anchor."""
    one = {"dataFilter": {"developerMetadataLookup": {"metadataId": number}}, "values": [list(values)]}
    return {"valueInputOption": "RAW", "data": [{**one, "majorDimension": "ROWS"}], **options}


async def test_a_second_claim_of_a_fence_is_refused_with_its_whole_batch() -> None:
    async with desk() as d:
        await d.batch(fence(7, "hash"), appended(text_row("one")))
        refused = await d.try_batch(appended(text_row("two")), fence(7, "void"))
        assert error_of(refused)["message"].startswith("Invalid requests[1].createDeveloperMetadata: ")
        assert await d.get("A1:A9") == [["one"]]
        kept = await d.ask("GET", "/developerMetadata/7")
        assert kept.json()["metadataValue"] == "hash"
        assert (await d.ask("GET", "/developerMetadata/8")).status_code == 404


async def test_an_id_is_chosen_for_those_who_choose_none() -> None:
    async with desk() as d:
        step = fence(1)
        del step["createDeveloperMetadata"]["developerMetadata"]["metadataId"]
        replies = (await d.batch(step, step))["replies"]
        ids = {one["createDeveloperMetadata"]["developerMetadata"]["metadataId"] for one in replies}
        assert len(ids) == 2
        assert min(ids) > 0


async def test_row_metadata_follows_its_row_through_insert_delete_move_and_sort() -> None:
    async with desk() as d:
        await _people(d, "Вера", "Аня", "Боря")
        await d.batch(anchor(1, 1), anchor(2, 2), anchor(3, 3))
        await d.batch({"insertDimension": {"range": rows(1, 3)}})
        assert await d.rows_of("a") == {1: 3, 2: 4, 3: 5}
        await d.batch({"deleteDimension": {"range": rows(1, 2)}})
        assert await d.rows_of("a") == {1: 2, 2: 3, 3: 4}
        await d.batch({"moveDimension": {"source": rows(2, 3), "destinationIndex": 5}})
        assert await d.rows_of("a") == {2: 2, 3: 3, 1: 4}
        sort = {"range": area(1, 5, 0, 2), "sortSpecs": [{"dimensionIndex": 1, "sortOrder": "DESCENDING"}]}
        await d.batch({"sortRange": sort})
        assert await d.get("B1:B9") == [["Имя"], ["Вера"], ["Боря"], ["Аня"]]
        assert await d.rows_of("a") == {1: 1, 3: 2, 2: 3}


async def test_row_metadata_dies_silently_with_its_row_and_survives_new_values() -> None:
    async with desk() as d:
        await _people(d, "Аня", "Боря")
        await d.batch(anchor(1, 1), anchor(2, 2))
        await d.put("A2:B2", [["", ""]])
        await d.batch({"deleteDimension": {"range": rows(2, 3)}})
        assert await d.rows_of("a") == {1: 1}


async def test_column_metadata_follows_its_column() -> None:
    async with desk() as d:
        location = {"dimensionRange": rows(1, 2, "COLUMNS")}
        entry = {"metadataId": 5, "metadataKey": "c", "visibility": "PROJECT", "location": location}
        await d.batch({"createDeveloperMetadata": {"developerMetadata": entry}})
        await d.batch({"insertDimension": {"range": rows(0, 1, "COLUMNS")}})
        await d.batch({"moveDimension": {"source": rows(2, 3, "COLUMNS"), "destinationIndex": 0}})
        assert await d.rows_of("c") == {5: 0}


async def test_an_aimed_write_goes_to_the_row_wherever_it_is_and_shows_the_whole_row_after() -> None:
    async with desk() as d:
        await _people(d, "Аня", "Боря")
        await d.batch(anchor(9, 2))
        d.owner.insert_row("Лист1", 2)
        body = _aim(9, None, "Борис", includeValuesInResponse=True, responseValueRenderOption="UNFORMATTED_VALUE")
        answer = await d.ask("POST", "/values:batchUpdateByDataFilter", body)
        [response] = answer.json()["responses"]
        assert response["updatedRange"] == "'Лист1'!A4:B4"
        assert response["updatedCells"] == 1
        assert response["updatedData"]["values"] == [["r1", "Борис"]]
        assert await d.get("B1:B9") == [["Имя"], [], ["Аня"], ["Борис"]]


async def test_an_aimed_write_whose_anchor_died_touches_nobody() -> None:
    async with desk() as d:
        await _people(d, "Аня", "Боря")
        await d.batch(anchor(9, 1))
        d.owner.delete_row("Лист1", 2)
        answer = await d.ask("POST", "/values:batchUpdateByDataFilter", _aim(9, None, "Призрак"))
        assert answer.json()["totalUpdatedCells"] == 0
        d.google.books[d.id].strict_lookups = True
        assert (await d.ask("POST", "/values:batchUpdateByDataFilter", _aim(9, None, "Призрак"))).status_code == 400
        assert await d.get("B1:B9") == [["Имя"], ["Боря"]]


async def test_an_aimed_write_wider_than_the_tab_is_refused() -> None:
    async with desk() as d:
        await d.batch(anchor(9, 0))
        refused = await d.ask("POST", "/values:batchUpdateByDataFilter", _aim(9, *["x"] * 27))
        assert error_of(refused)["message"].endswith("tried writing to column [AA]")


async def test_rows_are_read_through_their_anchors() -> None:
    async with desk() as d:
        await _people(d, "Аня", "Боря")
        await d.batch(anchor(1, 1), anchor(2, 2))
        filters = [{"developerMetadataLookup": {"metadataKey": "a"}}, {"a1Range": "B1"}]
        answer = await d.ask("POST", "/values:batchGetByDataFilter", {"dataFilters": filters})
        found = answer.json()["valueRanges"]
        assert [one["valueRange"]["values"] for one in found] == [[["r0", "Аня"]], [["r1", "Боря"]], [["Имя"]]]
        nothing = {"dataFilters": [{"developerMetadataLookup": {"metadataId": 77}}]}
        assert "valueRanges" not in (await d.ask("POST", "/values:batchGetByDataFilter", nothing)).json()


async def test_all_anchors_of_a_key_are_deleted_by_one_request_and_deleting_nothing_is_no_error() -> None:
    async with desk() as d:
        await d.batch(anchor(1, 1), anchor(2, 2), fence(3))
        step = {"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": {"metadataKey": "a"}}}}
        reply = (await d.batch(step))["replies"][0]["deleteDeveloperMetadata"]
        assert [one["metadataId"] for one in reply["deletedDeveloperMetadata"]] == [1, 2]
        await d.batch(step)
        assert list(d.google.books[d.id].now.metadata) == [3]
        d.google.books[d.id].strict_lookups = True
        assert (await d.try_batch(step)).status_code == 400


async def test_metadata_is_updated_through_a_filter() -> None:
    async with desk() as d:
        await d.batch(fence(3, "old"))
        look = [{"developerMetadataLookup": {"metadataKey": "f", "metadataValue": "old"}}]
        step = {"dataFilters": look, "developerMetadata": {"metadataValue": "new"}, "fields": "metadataValue"}
        reply = (await d.batch({"updateDeveloperMetadata": step}))["replies"][0]["updateDeveloperMetadata"]
        assert [one["metadataValue"] for one in reply["developerMetadata"]] == ["new"]
        assert (await d.batch({"updateDeveloperMetadata": step}))["replies"][0] == {
            "updateDeveloperMetadata": {"developerMetadata": []}
        }


@pytest.mark.parametrize(
    ("lookup", "found"),
    [
        ({"locationType": "ROW"}, [2]),
        ({"metadataLocation": {"sheetId": 0}, "locationMatchingStrategy": "EXACT_LOCATION"}, []),
        ({"metadataLocation": {"sheetId": 0}}, [1, 2]),
        ({"metadataLocation": {"dimensionRange": rows(4, 5)}}, [1, 2]),
        ({"metadataLocation": {"dimensionRange": rows(3, 4)}}, [1]),
        ({"metadataLocation": {"dimensionRange": rows(4, 5)}, "metadataKey": "f"}, [1]),
        ({"visibility": "PROJECT"}, []),
    ],
)
async def test_lookups_match_by_every_given_field(lookup: dict[str, Any], found: list[int]) -> None:
    async with desk() as d:
        await d.batch(fence(1), anchor(2, 4))
        answer = await d.ask(
            "POST", "/developerMetadata:search", {"dataFilters": [{"developerMetadataLookup": lookup}]}
        )
        matched = answer.json().get("matchedDeveloperMetadata", [])
        assert [one["developerMetadata"]["metadataId"] for one in matched] == found


async def test_metadata_pins_to_one_row_never_to_several_or_outside() -> None:
    async with desk() as d:
        for place in (rows(1, 3), rows(1000, 1001)):
            step = anchor(1, 1)
            step["createDeveloperMetadata"]["developerMetadata"]["location"] = {"dimensionRange": place}
            assert (await d.try_batch(step)).status_code == 400
        wrong: list[dict[str, Any]] = [{"metadataKey": ""}, {"metadataId": -4}, {"location": {}}]
        for broken in wrong:
            step = fence(1)
            step["createDeveloperMetadata"]["developerMetadata"].update(broken)
            assert (await d.try_batch(step)).status_code == 400


async def test_the_storage_of_metadata_is_bounded() -> None:
    async with desk() as d:
        await d.batch(fence(1, "x" * 29_990))
        refused = await d.try_batch(fence(2, "y" * 20))
        assert error_of(refused)["message"].endswith("would exceed the allowed storage limit.")
        await d.batch(anchor(3, 1, key="k" * 20))  # every tab has its own thirty thousand


async def test_a_duplicated_tab_does_not_take_metadata_along_and_a_deleted_one_buries_it() -> None:
    async with desk() as d:
        await d.batch(anchor(1, 1))
        copied = await d.batch({"duplicateSheet": {"sourceSheetId": 0, "newSheetName": "Двойник"}})
        assert copied["replies"][0]["duplicateSheet"]["properties"]["title"] == "Двойник"
        assert await d.rows_of("a") == {1: 1}
        await d.batch({"deleteSheet": {"sheetId": 0}})
        assert await d.rows_of("a") == {}
