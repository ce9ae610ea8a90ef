use super::rank::Layers;

/// Orders each layer so that few links cross: a depth-first walk from the results, which keeps operands in their order
/// and draws a tree without crossings, then barycentre sweeps up and down for as long as they help.
pub(super) fn reduce_crossings(layers: &mut Layers) {
    walk(layers);
    let items = layers.rank.len();
    let sweeps = if items > 10_000 { 8 } else { 24 };
    let mut position = vec![0; items];
    let mut best = crossings(layers, &mut position);
    let mut best_rows = layers.rows.clone();
    let mut stale = 0;
    for sweep in 0..sweeps {
        if best == 0 || stale == 6 {
            break;
        }
        sort_by_barycentre(layers, &mut position, sweep % 2 == 0);
        if items <= 4_000 {
            swap_neighbours(layers, &mut position);
        }
        let now = crossings(layers, &mut position);
        if now < best {
            best = now;
            best_rows.clone_from(&layers.rows);
            stale = 0;
        } else {
            stale += 1;
        }
    }
    layers.rows = best_rows;
}

/// Fills the layers in the order of a depth-first walk from the lowest items upwards.
fn walk(layers: &mut Layers) {
    let mut seen = vec![false; layers.rank.len()];
    let roots: Vec<usize> =
        layers.rows.iter().rev().flatten().copied().filter(|&i| layers.below[i].is_empty()).collect();
    layers.rows.iter_mut().for_each(Vec::clear);
    let mut stack = Vec::new();
    for root in roots {
        stack.push(root);
        while let Some(item) = stack.pop() {
            if !std::mem::replace(&mut seen[item], true) {
                layers.rows[layers.rank[item]].push(item);
                stack.extend(layers.above[item].iter().rev());
            }
        }
    }
}

fn note_positions(rows: &[Vec<usize>], position: &mut [usize]) {
    for row in rows {
        for (at, &item) in row.iter().enumerate() {
            position[item] = at;
        }
    }
}

/// Sorts every layer by the mean position of its neighbours in the layer above (or below), layer after layer.
fn sort_by_barycentre(layers: &mut Layers, position: &mut [usize], downwards: bool) {
    note_positions(&layers.rows, position);
    let count = layers.rows.len();
    let neighbours = if downwards { &layers.above } else { &layers.below };
    for step in 0..count {
        let row = &mut layers.rows[if downwards { step } else { count - 1 - step }];
        let mut keyed: Vec<(f64, usize)> = row
            .iter()
            .map(|&item| {
                let near = &neighbours[item];
                let mean = near.iter().map(|&n| position[n] as f64).sum::<f64>() / near.len() as f64;
                (if near.is_empty() { position[item] as f64 } else { mean }, item)
            })
            .collect();
        keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (at, (slot, (_, item))) in row.iter_mut().zip(keyed).enumerate() {
            *slot = item;
            position[item] = at;
        }
    }
}

/// Swaps items that stand side by side wherever that takes crossings away.
fn swap_neighbours(layers: &mut Layers, position: &mut [usize]) {
    for _ in 0..4 {
        let mut changed = false;
        for row in &mut layers.rows {
            for at in 1..row.len() {
                let (left, right) = (row[at - 1], row[at]);
                let cost = |a: usize, b: usize| {
                    between(&layers.above[a], &layers.above[b], position)
                        + between(&layers.below[a], &layers.below[b], position)
                };
                if cost(right, left) < cost(left, right) {
                    row.swap(at - 1, at);
                    position[left] = at;
                    position[right] = at - 1;
                    changed = true;
                }
            }
        }
        if !changed {
            break;
        }
    }
}

/// How many links of `left` cross links of `right`, its neighbour to the right.
fn between(left: &[usize], right: &[usize], position: &[usize]) -> usize {
    left.iter().map(|&l| right.iter().filter(|&&r| position[r] < position[l]).count()).sum()
}

/// The number of pairs of links that cross, in time `links · log(links)`.
pub(super) fn crossings(layers: &Layers, position: &mut [usize]) -> usize {
    note_positions(&layers.rows, position);
    let mut total = 0;
    let mut ends = Vec::new();
    let mut tree = Vec::new();
    for (upper, row) in layers.rows.iter().enumerate() {
        let Some(lower) = layers.rows.get(upper + 1) else { break };
        tree.clear();
        tree.resize(lower.len() + 1, 0_usize);
        let mut links = 0;
        for &item in row {
            ends.clear();
            ends.extend(layers.below[item].iter().map(|&b| position[b]));
            // Links so far that end to the right of this one cross it.
            for &end in &ends {
                let mut at = end + 1;
                let mut left = 0;
                while at > 0 {
                    left += tree[at];
                    at &= at - 1;
                }
                total += links - left;
            }
            for &end in &ends {
                let mut at = end + 1;
                while at < tree.len() {
                    tree[at] += 1;
                    at += at & at.wrapping_neg();
                }
            }
            links += ends.len();
        }
    }
    total
}
