"""Units: X12's codes (element 355) and those of UNECE Recommendation 20, where they differ."""

_SAME_THING = {
    "EA": "C62",
    "DZ": "DZN",
    "GS": "GRO",
    "TH": "MIL",
    "CA": "CS",
    "ST": "SET",
    "LB": "LBR",
    "OZ": "ONZ",
    "KG": "KGM",
    "GR": "GRM",
    "IN": "INH",
    "FT": "FOT",
    "YD": "YRD",
    "CM": "CMT",
    "MR": "MTR",
    "SF": "FTK",
    "SM": "MTK",
    "GA": "GLL",
    "LT": "LTR",
}
UNECE = {**_SAME_THING, "EACH": "C62", "PC": "C62", "UN": "C62"}
"""By what buyers write."""
X12 = {unece: x12 for x12, unece in _SAME_THING.items()}
"""By ours."""
