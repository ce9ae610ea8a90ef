use std::collections::{HashMap, VecDeque};

use super::{Error, Result};

/// Together the bends of all long arrows may number this many; arrows beyond that are drawn without any.
const MAX_BENDS: usize = 40_000;

/// The graph cut into layers so that every link joins two neighbouring ones.
///
/// Items `0..real` are the nodes; the rest are bends, places where a long arrow passes through a layer. All arrows that
/// leave one node share its bends, so a value with many users is drawn as one line with branches.
pub(super) struct Layers {
    pub real: usize,
    /// The items of each layer, from left to right.
    pub rows: Vec<Vec<usize>>,
    /// The layer of each item.
    pub rank: Vec<usize>,
    /// The items of the layer above that each item is linked to, operands in order.
    pub above: Vec<Vec<usize>>,
    /// The items of the layer below that each item is linked to.
    pub below: Vec<Vec<usize>>,
    /// The bends of each node, downwards; empty where it has none.
    pub bends: Vec<Vec<usize>>,
}

/// Puts each node in a layer below those of its inputs and cuts long links by bends.
pub(super) fn layers(nodes: usize, links: &[(usize, usize)]) -> Result<Layers> {
    let mut rank = ranks(nodes, links)?;
    let mut reach = vec![0; nodes];
    for &(from, to) in links {
        reach[from] = reach[from].max(rank[to] - rank[from] - 1);
    }
    let mut by_reach: Vec<usize> = (0..nodes).filter(|&n| reach[n] > 0).collect();
    by_reach.sort_by_key(|&n| reach[n]);
    let mut bends = vec![Vec::new(); nodes];
    for node in by_reach {
        if rank.len() - nodes + reach[node] > MAX_BENDS {
            break;
        }
        let first = rank.len();
        bends[node] = (first..first + reach[node]).collect();
        let top = rank[node];
        rank.extend((1..=reach[node]).map(|step| top + step));
    }
    let mut above = vec![Vec::new(); rank.len()];
    let mut below = vec![Vec::new(); rank.len()];
    let mut link = |upper: usize, lower: usize| {
        above[lower].push(upper);
        below[upper].push(lower);
    };
    for (node, chain) in bends.iter().enumerate() {
        let mut upper = node;
        for &bend in chain {
            link(upper, bend);
            upper = bend;
        }
    }
    for &(from, to) in links {
        match rank[to] - rank[from] - 1 {
            0 => link(from, to),
            span => {
                if let Some(&last) = bends[from].get(span - 1) {
                    link(last, to);
                }
            }
        }
    }
    let mut rows = vec![Vec::new(); rank.iter().max().map_or(0, |&r| r + 1)];
    for (item, &r) in rank.iter().enumerate() {
        rows[r].push(item);
    }
    Ok(Layers { real: nodes, rows, rank, above, below, bends })
}

/// The layer of each node: as high as its inputs allow, but what can follow its only user down does.
fn ranks(nodes: usize, links: &[(usize, usize)]) -> Result<Vec<usize>> {
    let mut inputs = vec![Vec::new(); nodes];
    let mut users = vec![Vec::new(); nodes];
    for &(from, to) in links {
        inputs[to].push(from);
        users[from].push(to);
    }
    let mut waiting: Vec<usize> = inputs.iter().map(Vec::len).collect();
    let mut ready: VecDeque<usize> = (0..nodes).filter(|&n| waiting[n] == 0).collect();
    let mut sorted = Vec::with_capacity(nodes);
    let mut rank = vec![0; nodes];
    while let Some(node) = ready.pop_front() {
        sorted.push(node);
        for &user in &users[node] {
            rank[user] = rank[user].max(rank[node] + 1);
            waiting[user] -= 1;
            if waiting[user] == 0 {
                ready.push_back(user);
            }
        }
    }
    if sorted.len() < nodes {
        return Err(Error::Invalid("its edges form a cycle".into()));
    }
    // How many inputs would be left behind, their arrows growing longer, if the node moved down. Leaves do not count: they
    // move along, or have other users and so one long line from which this node can branch anywhere.
    let mut held = vec![0; nodes];
    for &node in &sorted {
        let stays = |&&i: &&usize| !inputs[i].is_empty() && (held[i] > 0 || users[i].iter().any(|&u| u != node));
        held[node] = inputs[node].iter().filter(stays).count();
    }
    for &node in sorted.iter().rev() {
        if let Some(lowest) = users[node].iter().map(|&user| rank[user] - 1).min()
            && (held[node] == 0 || users[node].len() > held[node])
        {
            rank[node] = lowest;
        }
    }
    close_gaps(&mut rank);
    Ok(rank)
}

/// Renumbers the layers so that none is empty.
fn close_gaps(rank: &mut [usize]) {
    let mut used = rank.to_vec();
    used.sort_unstable();
    used.dedup();
    let new: HashMap<usize, usize> = used.into_iter().enumerate().map(|(new, old)| (old, new)).collect();
    for r in rank {
        *r = new[r];
    }
}
