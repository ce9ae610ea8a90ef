use std::collections::BTreeMap;

use super::rank::Layers;

const SWEEPS: usize = 60;

/// Items that stand exactly one above the other, and what surrounds them.
struct Blocks {
    of: Vec<usize>,
    /// Blocks from left to right: every block comes after those it must stay to the right of.
    sorted: Vec<usize>,
    /// For each block, its neighbours to the left and how far away its centre must stay from theirs.
    left: Vec<Vec<(usize, f64)>>,
    /// For each block, the same to the right.
    right: Vec<Vec<(usize, f64)>>,
    /// For each block, the blocks that links lead to, and how strongly they pull.
    pulls: Vec<Vec<(usize, f64)>>,
}

/// The horizontal centre of each item, given their widths; the order of the layers is kept.
///
/// The longest chains become straight vertical blocks; then blocks move towards what they are linked to, as far as
/// their neighbours allow.
pub(super) fn centres(layers: &Layers, widths: &[f64]) -> Vec<f64> {
    let blocks = blocks(layers, widths);
    let count = blocks.sorted.len();
    let mut x = vec![0.0; count];
    push_right(&blocks, &mut x);
    let mut best = x.clone();
    let mut least = tension(&blocks, &x);
    for sweep in 0..SWEEPS {
        let wanted: Vec<f64> = (0..count).map(|b| wish(&blocks, &x, b)).collect();
        // Two ways to keep the distances, to the right and to the left; their mean keeps them too.
        let mut rightwards = wanted.clone();
        push_right(&blocks, &mut rightwards);
        let mut leftwards = wanted;
        push_left(&blocks, &mut leftwards);
        for b in 0..count {
            x[b] = 0.5 * (rightwards[b] + leftwards[b]);
        }
        slide(&blocks, &mut x, sweep % 2 == 0);
        let now = tension(&blocks, &x);
        if now < least {
            least = now;
            best.clone_from(&x);
        }
    }
    for sweep in 0..8 {
        slide(&blocks, &mut best, sweep % 2 == 0);
    }
    blocks.of.iter().map(|&b| best[b]).collect()
}

/// The distance that the centres of two neighbours keep.
fn gap(layers: &Layers, widths: &[f64], a: usize, b: usize) -> f64 {
    let space = match (a < layers.real, b < layers.real) {
        (true, true) => 28.0,
        (false, false) => 12.0,
        _ => 18.0,
    };
    0.5 * (widths[a] + widths[b]) + space
}

/// How much a link wants to be straight: bends of one arrow most, then the main line of operations, leaves least.
fn weight(layers: &Layers, upper: usize, lower: usize) -> f64 {
    match (upper < layers.real, lower < layers.real) {
        (false, false) => 8.0,
        (false, true) => 2.0,
        (true, false) => 1.0,
        _ if layers.above[upper].is_empty() => 1.0,
        _ => 4.0,
    }
}

fn blocks(layers: &Layers, widths: &[f64]) -> Blocks {
    let items = layers.rank.len();
    let (up, down) = alignments(layers);
    let mut of = vec![usize::MAX; items];
    let mut count = 0;
    for &item in layers.rows.iter().flatten() {
        if up[item].is_none() {
            let mut next = Some(item);
            while let Some(here) = next {
                of[here] = count;
                next = down[here];
            }
            count += 1;
        }
    }
    let mut left: Vec<Vec<(usize, f64)>> = vec![Vec::new(); count];
    let mut right = vec![Vec::new(); count];
    for row in &layers.rows {
        for pair in row.windows(2) {
            let (a, b, distance) = (of[pair[0]], of[pair[1]], gap(layers, widths, pair[0], pair[1]));
            left[b].push((a, distance));
            right[a].push((b, distance));
        }
    }
    let mut waiting: Vec<usize> = left.iter().map(Vec::len).collect();
    let mut sorted: Vec<usize> = (0..count).filter(|&b| waiting[b] == 0).collect();
    let mut next = 0;
    while let Some(&block) = sorted.get(next) {
        next += 1;
        for &(b, _) in &right[block] {
            waiting[b] -= 1;
            if waiting[b] == 0 {
                sorted.push(b);
            }
        }
    }
    let mut pulls = vec![Vec::new(); count];
    for (lower, above) in layers.above.iter().enumerate() {
        for &upper in above {
            let (a, b, pull) = (of[upper], of[lower], weight(layers, upper, lower));
            if a != b {
                pulls[a].push((b, pull));
                pulls[b].push((a, pull));
            }
        }
    }
    Blocks { of, sorted, left, right, pulls }
}

/// Chooses for each item at most one neighbour above and one below to stand in line with, so that no two such lines
/// cross: heavy links first, and among those of one weight the ones that lie on the longest path.
fn alignments(layers: &Layers) -> (Vec<Option<usize>>, Vec<Option<usize>>) {
    let items = layers.rank.len();
    let mut position = vec![0; items];
    for row in &layers.rows {
        for (at, &item) in row.iter().enumerate() {
            position[item] = at;
        }
    }
    // The number of operations on the way to an item; bends are none.
    let mut depth = vec![0_usize; items];
    for &item in layers.rows.iter().flatten() {
        let own = usize::from(item < layers.real);
        depth[item] = layers.above[item].iter().map(|&a| depth[a] + own).max().unwrap_or(0);
    }
    let mut links: Vec<(usize, usize)> = layers
        .above
        .iter()
        .enumerate()
        .flat_map(|(lower, above)| above.iter().map(move |&upper| (upper, lower)))
        .collect();
    links.sort_by(|&(a, b), &(c, d)| {
        weight(layers, c, d)
            .total_cmp(&weight(layers, a, b))
            .then(depth[c].cmp(&depth[a]))
            .then(depth[d].cmp(&depth[b]))
    });
    let mut up = vec![None; items];
    let mut down = vec![None; items];
    let mut accepted: Vec<BTreeMap<usize, usize>> = vec![BTreeMap::new(); layers.rows.len()];
    for (upper, lower) in links {
        if down[upper].is_some() || up[lower].is_some() {
            continue;
        }
        let lines = &mut accepted[layers.rank[upper]];
        let clear = lines.range(..position[upper]).next_back().is_none_or(|(_, &end)| end < position[lower])
            && lines.range(position[upper]..).next().is_none_or(|(_, &end)| end > position[lower]);
        if clear {
            lines.insert(position[upper], position[lower]);
            down[upper] = Some(lower);
            up[lower] = Some(upper);
        }
    }
    (up, down)
}

/// Where the links of a block would have it: the weighted mean of the blocks at their other ends.
fn wish(blocks: &Blocks, x: &[f64], block: usize) -> f64 {
    let pulls = &blocks.pulls[block];
    let total: f64 = pulls.iter().map(|&(_, pull)| pull).sum();
    if total > 0.0 { pulls.iter().map(|&(other, pull)| pull * x[other]).sum::<f64>() / total } else { x[block] }
}

fn push_right(blocks: &Blocks, x: &mut [f64]) {
    for &b in &blocks.sorted {
        x[b] = blocks.left[b].iter().map(|&(other, distance)| x[other] + distance).fold(x[b], f64::max);
    }
}

fn push_left(blocks: &Blocks, x: &mut [f64]) {
    for &b in blocks.sorted.iter().rev() {
        x[b] = blocks.right[b].iter().map(|&(other, distance)| x[other] - distance).fold(x[b], f64::min);
    }
}

/// Moves one block after the other towards its wish, between the neighbours as they stand.
fn slide(blocks: &Blocks, x: &mut [f64], rightmost_first: bool) {
    let mut one = |b: usize| {
        let low = blocks.left[b].iter().map(|&(other, distance)| x[other] + distance).fold(f64::NEG_INFINITY, f64::max);
        let high = blocks.right[b].iter().map(|&(other, distance)| x[other] - distance).fold(f64::INFINITY, f64::min);
        // Rounding may leave the room between the neighbours a hair too narrow: then the block stays.
        if low < high {
            x[b] = wish(blocks, x, b).clamp(low, high);
        }
    };
    if rightmost_first {
        blocks.sorted.iter().rev().for_each(|&b| one(b))
    } else {
        blocks.sorted.iter().for_each(|&b| one(b))
    }
}

/// How far the links are from vertical, altogether.
fn tension(blocks: &Blocks, x: &[f64]) -> f64 {
    blocks
        .pulls
        .iter()
        .enumerate()
        .map(|(b, pulls)| pulls.iter().map(|&(o, pull)| pull * (x[b] - x[o]).abs()).sum::<f64>())
        .sum()
}
