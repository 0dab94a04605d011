"""The places the weather emulator knows: Russian and world cities, with the ambiguous names people really type."""

from __future__ import annotations

from dataclasses import dataclass

from core.values import fold


@dataclass(frozen=True, slots=True)
class City:
    """One place in both spellings; weatherapi.com knows both, and answers Russian ones for ``lang=ru``."""

    id: int
    name: str
    region: str
    country: str
    latin: str
    latin_region: str
    latin_country: str
    lat: float
    lon: float
    tz: str

    def called(self, query: str) -> bool:
        """Is this exactly its name?"""
        return query in (fold(self.name), fold(self.latin))

    def starts_with(self, query: str) -> bool:
        return fold(self.name).startswith(query) or fold(self.latin).startswith(query)


#: number | Russian name, region, country | Latin name, region, country | coordinates | time zone
_TABLE = """
2145091|Москва|Москва|Россия|Moscow|Moscow City|Russia|55.75 37.62|Europe/Moscow
2145092|Санкт-Петербург|Санкт-Петербург|Россия|Saint Petersburg|Saint Petersburg|Russia|59.89 30.26|Europe/Moscow
2145093|Новосибирск|Новосибирская область|Россия|Novosibirsk|Novosibirsk|Russia|55.04 82.93|Asia/Novosibirsk
2145094|Екатеринбург|Свердловская область|Россия|Yekaterinburg|Sverdlovsk|Russia|56.85 60.6|Asia/Yekaterinburg
2145095|Казань|Татарстан|Россия|Kazan|Tatarstan|Russia|55.75 49.13|Europe/Moscow
2145096|Нижний Новгород|Нижегородская область|Россия|Nizhniy Novgorod|Nizhegorod|Russia|56.33 44.0|Europe/Moscow
2145097|Челябинск|Челябинская область|Россия|Chelyabinsk|Chelyabinsk|Russia|55.15 61.43|Asia/Yekaterinburg
2145098|Самара|Самарская область|Россия|Samara|Samara|Russia|53.2 50.15|Europe/Samara
2145099|Омск|Омская область|Россия|Omsk|Omsk|Russia|55.0 73.4|Asia/Omsk
2145100|Ростов-на-Дону|Ростовская область|Россия|Rostov-Na-Donu|Rostov|Russia|47.24 39.71|Europe/Moscow
2145101|Ростов|Ярославская область|Россия|Rostov|Yaroslavl|Russia|57.19 39.41|Europe/Moscow
2145102|Уфа|Башкортостан|Россия|Ufa|Bashkortostan|Russia|54.73 55.96|Asia/Yekaterinburg
2145103|Красноярск|Красноярский край|Россия|Krasnoyarsk|Krasnoyarsk|Russia|56.01 92.79|Asia/Krasnoyarsk
2145104|Воронеж|Воронежская область|Россия|Voronezh|Voronezh|Russia|51.67 39.17|Europe/Moscow
2145105|Пермь|Пермский край|Россия|Perm|Perm|Russia|58.0 56.25|Asia/Yekaterinburg
2145106|Волгоград|Волгоградская область|Россия|Volgograd|Volgograd|Russia|48.8 44.59|Europe/Volgograd
2145107|Краснодар|Краснодарский край|Россия|Krasnodar|Krasnodar|Russia|45.03 38.98|Europe/Moscow
2145108|Сочи|Краснодарский край|Россия|Sochi|Krasnodar|Russia|43.6 39.73|Europe/Moscow
2145109|Тюмень|Тюменская область|Россия|Tyumen|Tyumen|Russia|57.15 65.53|Asia/Yekaterinburg
2145110|Иркутск|Иркутская область|Россия|Irkutsk|Irkutsk|Russia|52.3 104.3|Asia/Irkutsk
2145111|Владивосток|Приморский край|Россия|Vladivostok|Primorsky|Russia|43.13 131.9|Asia/Vladivostok
2145112|Хабаровск|Хабаровский край|Россия|Khabarovsk|Khabarovsk|Russia|48.48 135.09|Asia/Vladivostok
2145113|Якутск|Якутия|Россия|Yakutsk|Sakha|Russia|62.03 129.73|Asia/Yakutsk
2145114|Калининград|Калининградская область|Россия|Kaliningrad|Kaliningrad|Russia|54.71 20.5|Europe/Kaliningrad
2145115|Мурманск|Мурманская область|Россия|Murmansk|Murmansk|Russia|68.97 33.1|Europe/Moscow
2145116|Киров|Кировская область|Россия|Kirov|Kirov|Russia|58.6 49.65|Europe/Kirov
2145117|Киров|Калужская область|Россия|Kirov|Kaluga|Russia|54.08 34.31|Europe/Moscow
2145118|Петропавловск-Камчатский|Камчатка|Россия|Petropavlovsk-Kamchatskiy|Kamchatka|Russia|53.02 158.65|Asia/Kamchatka
2801268|Лондон|Лондон|Великобритания|London|Greater London|United Kingdom|51.52 -0.11|Europe/London
2618724|Нью-Йорк|Нью-Йорк|США|New York|New York|United States of America|40.71 -74.01|America/New_York
2551984|Москоу|Айдахо|США|Moscow|Idaho|United States of America|46.73 -117.0|America/Los_Angeles
571385|Берлин|Берлин|Германия|Berlin|Berlin|Germany|52.52 13.4|Europe/Berlin
3125553|Вроцлав|Нижняя Силезия|Польша|Wroclaw|Dolnoslaskie|Poland|51.1 17.03|Europe/Warsaw
1800000|Катманду|Багмати|Непал|Kathmandu|Bagmati|Nepal|27.72 85.32|Asia/Kathmandu
1800001|Минск|Минск|Беларусь|Minsk|Minsk|Belarus|53.9 27.57|Europe/Minsk
1800002|Алматы|Алматы|Казахстан|Almaty|Almaty|Kazakhstan|43.25 76.95|Asia/Almaty
1800003|Сент-Джонс|Ньюфаундленд|Канада|St. John's|Newfoundland|Canada|47.57 -52.72|America/St_Johns
"""


def _read(line: str) -> City:
    number, *names, point, tz = (cell.strip() for cell in line.split("|"))
    name, region, country, latin, latin_region, latin_country = names
    lat, lon = (float(degree) for degree in point.split())
    return City(int(number), name, region, country, latin, latin_region, latin_country, lat, lon, tz)


CITIES = tuple(_read(line) for line in _TABLE.strip().splitlines())


def search(query: str) -> list[City]:
    """Like search.json: places whose name begins so, exact names first; after a comma stands a region or country."""
    name, _, qualifier = (fold(part) for part in query.partition(","))
    if len(name) < 2:
        return []
    found = [city for city in CITIES if city.starts_with(name) and _inside(city, qualifier)]
    return sorted(found, key=lambda city: not city.called(name))


def _inside(city: City, qualifier: str) -> bool:
    homes = (city.region, city.country, city.latin_region, city.latin_country)
    return not qualifier or any(qualifier in fold(home) for home in homes)


def by_id(number: int) -> City | None:
    return next((city for city in CITIES if city.id == number), None)


def nearest(lat: float, lon: float) -> City:
    """Coordinates always mean the closest known place."""
    return min(CITIES, key=lambda city: (city.lat - lat) ** 2 + (city.lon - lon) ** 2)
