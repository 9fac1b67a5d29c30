"""The Merkle tree: known values of RFC 6962, and proofs that no other tree passes."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.publiclog import rules

# The eight leaves, and roots, with which certificate-transparency implementations test their trees.
LEAVES = [
    bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")
] + [bytes.fromhex("606162636465666768696a6b6c6d6e6f")]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def reader(leaves):
    """Return a Read over the tree of these leaves."""
    levels = [[rules.leaf_hash(leaf) for leaf in leaves]]
    while len(levels[-1]) >= rules.WIDTH:
        below = levels[-1]
        levels.append(
            [
                rules.folded(below[start : start + rules.WIDTH])
                for start in range(0, len(below) - rules.WIDTH + 1, rules.WIDTH)
            ]
        )

    def read(level, first, count):
        found = levels[level][first : first + count]
        assert len(found) == count
        return found

    return read


def numbered(count):
    return [str(number).encode() for number in range(count)]


@pytest.mark.parametrize("size", ROOTS)
def test_roots_are_those_of_the_standard(size):
    assert rules.root(reader(LEAVES), size).hex() == ROOTS[size]


MANY = reader(numbered(70_000))
SIZES = [1, 2, 3, 7, 255, 256, 257, 511, 65_535, 65_536, 65_537, 70_000]


@pytest.mark.parametrize("size", SIZES)
def test_every_leaf_has_a_proof_and_only_its_own(size):
    root = rules.root(MANY, size)
    for index in {0, size // 3, size // 2, size - 1}:
        proof = rules.inclusion_proof(MANY, index, size)
        leaf = rules.leaf_hash(str(index).encode())
        assert rules.is_included(leaf, index, size, proof, root)
        assert not rules.is_included(rules.leaf_hash(b"another"), index, size, proof, root)
        assert not rules.is_included(leaf, index, size, [*proof, root], root)
        assert not rules.is_included(leaf, index + 1, size, proof, root)


@pytest.mark.parametrize("new", SIZES)
def test_every_older_tree_is_proven(new):
    root = rules.root(MANY, new)
    for old in sorted({0, 1, new // 2, max(0, new - 1), new, *(size for size in SIZES if size < new)}):
        proof = rules.consistency_proof(MANY, old, new)
        assert rules.is_consistent(old, rules.root(MANY, old), new, root, proof)
        if old:
            assert not rules.is_consistent(old, rules.leaf_hash(b"other"), new, root, proof)
            assert not rules.is_consistent(old, rules.root(MANY, old), new, rules.EMPTY_ROOT, proof)


def test_the_levels_above_are_those_of_the_leaves_below():
    assert rules.completed(254) == []
    assert rules.completed(255) == [(1, 0)]
    assert rules.completed(65_535) == [(1, 255), (2, 0)]


@given(
    st.lists(st.binary(max_size=4), min_size=1, max_size=40),
    st.data(),
)
def test_no_tampering_below_an_old_root_passes(leaves, data):
    """Whatever is changed, swapped, taken out or slipped in, no proof leads from the old root to the new one."""
    old = data.draw(st.integers(1, len(leaves)))
    place = data.draw(st.integers(0, old - 1))
    forged = list(leaves)
    match data.draw(st.sampled_from(["change", "swap", "remove", "insert"])):
        case "change":
            forged[place] += b"!"
        case "swap":
            other = data.draw(st.integers(0, old - 1))
            forged[place], forged[other] = forged[other], forged[place]
        case "remove":
            del forged[place]
        case "insert":
            forged.insert(place, b"slipped in")
    if forged[:old] == leaves[:old] or len(forged) < old:
        return
    old_root, new = rules.root(reader(leaves), old), len(forged)
    read = reader(forged)
    proof = rules.consistency_proof(read, old, new)
    assert not rules.is_consistent(old, old_root, new, rules.root(read, new), proof)


@pytest.mark.parametrize(
    ("number", "path"), [(0, "000"), (67, "067"), (1067, "x001/067"), (1_234_067, "x001/x234/067")]
)
def test_a_tile_s_number_is_spelt_as_the_standard_says(number, path):
    assert rules.tile_path(number) == path
    assert rules.tile_number(path) == number


@pytest.mark.parametrize(
    "path", ["", "0", "67", "0067", "x000/067", "001/067", "x001/x67", "x001", "٠٠١", "-01"]
)
def test_another_spelling_names_no_tile(path):
    assert rules.tile_number(path) is None


def test_a_proof_of_what_is_not_there_is_refused():
    with pytest.raises(ValueError, match="not in the tree"):
        rules.inclusion_proof(MANY, 5, 5)
    with pytest.raises(ValueError, match="larger"):
        rules.consistency_proof(MANY, 6, 5)
    assert base64.b64encode(rules.EMPTY_ROOT) == b"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
