"""Cells of few people: hidden, and not to be worked out from what is shown, held to a linear program that tries."""

import random

import pytest

from surveys.suppression import hide


def test_a_small_cell_goes_with_company_in_its_row_and_column():
    hidden = hide([[20, 3, 30], [25, 40, 35], [22, 31, 28]], 5)
    assert hidden.rows == hidden.columns == frozenset()
    assert hidden.has(0, 1)
    for row in range(3):
        assert sum(hidden.has(row, column) for column in range(3)) != 1
    for column in range(3):
        assert sum(hidden.has(row, column) for row in range(3)) != 1


def test_a_small_line_takes_the_next_smallest_with_it():
    hidden = hide([[2, 1], [20, 30], [8, 9]], 5)
    assert hidden.rows == {0, 2}


def test_a_table_of_few_shows_nothing_and_one_of_many_all():
    assert hide([[2, 1], [1, 0]], 5).is_all
    whole = hide([[10, 11], [12, 0]], 5)
    assert not any(whole.has(row, column) for row in range(2) for column in range(2))


def test_what_some_leave_of_everybody_is_no_less_protected():
    everybody = [[30, 40], [35, 45]]
    assert hide([[27, 20], [20, 20]], 5, whole=everybody).has(0, 0)  # thirty less twenty-seven
    assert hide([[30, 40], [35, 42]], 5, whole=everybody).is_all  # all but three
    small = [[3, 40, 50], [35, 45, 55], [20, 30, 40]]
    hidden = hide(small, 5)
    part = [[0, 20, 25], [15, 20, 25], [10, 15, 20]]
    also = hide(part, 5, whole=small)
    assert all(also.has(row, column) for row in range(3) for column in range(3) if hidden.has(row, column))


@pytest.mark.parametrize("seed", range(3))
def test_no_small_count_follows_from_what_is_shown(seed):
    optimize = pytest.importorskip("scipy.optimize")
    dice = random.Random(seed)
    for _table in range(25):
        rows, columns = dice.randrange(2, 5), dice.randrange(2, 5)
        table = [[dice.choice((0, 1, 2, 4, 5, 7, 12, 30)) for _column in range(columns)] for _row in range(rows)]
        hidden = hide(table, 5)
        if hidden.is_all:
            continue
        cells = [(row, column) for row in range(rows) for column in range(columns)]
        equations, sums = [], []

        def known(members, value, equations=equations, sums=sums, cells=cells):
            equations.append([float(cell in members) for cell in cells])
            sums.append(float(value))

        for row, column in cells:
            if not hidden.has(row, column):
                known({(row, column)}, table[row][column])
        for row in range(rows):
            if row not in hidden.rows:
                known({(row, column) for column in range(columns)}, sum(table[row]))
        for column in range(columns):
            if column not in hidden.columns:
                known({(row, column) for row in range(rows)}, sum(line[column] for line in table))
        known(set(cells), sum(map(sum, table)))
        for place, (row, column) in enumerate(cells):
            if 0 < table[row][column] < 5:
                ends = []
                for sign in (1, -1):
                    goal = [0.0] * len(cells)
                    goal[place] = sign
                    found = optimize.linprog(goal, A_eq=equations, b_eq=sums, bounds=(0, None))
                    ends.append(sign * found.fun)
                assert ends[1] - ends[0] > 0.5, (table, hidden, (row, column))
