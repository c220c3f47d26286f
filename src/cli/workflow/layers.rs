//! A layered order of the states, and lanes for the lines between them. Everything follows from the table alone, so the
//! same table is always the same picture.

use std::collections::BTreeMap;

use crate::domain::case::{
    status::Status,
    transition::{ARRIVAL, moves},
};

/// The states from the top: each below all from which a way leads to it, but for the ways back.
pub(super) fn order() -> Vec<Status> {
    let edges: Vec<(Status, Status)> = moves().into_iter().map(|(from, _, to)| (from, to)).collect();
    let mut walk = Walk { edges: &edges, open: Vec::new(), done: Vec::new(), back: Vec::new() };
    walk.visit(ARRIVAL);
    let forward: Vec<_> = edges.iter().filter(|edge| !walk.back.contains(edge)).collect();
    let mut layers: BTreeMap<Status, usize> = BTreeMap::new();
    // A state is done only after all that lie beyond it.
    for from in walk.done.iter().rev() {
        let layer = *layers.entry(*from).or_default();
        for (_, to) in forward.iter().filter(|(start, _)| start == from) {
            let deepest = layers.entry(*to).or_default();
            *deepest = (*deepest).max(layer.saturating_add(1));
        }
    }
    let mut states = Status::ALL.to_vec();
    states.sort_by_key(|status| layers.get(status).copied().unwrap_or_default());
    states
}

/// A walk through the graph that finds the ways back: edges to a state that it is still inside of.
struct Walk<'a> {
    edges: &'a [(Status, Status)],
    open: Vec<Status>,
    done: Vec<Status>,
    back: Vec<(Status, Status)>,
}

impl Walk<'_> {
    fn visit(&mut self, at: Status) {
        self.open.push(at);
        for edge in self.edges.iter().filter(|(from, _)| *from == at) {
            if self.open.contains(&edge.1) {
                self.back.push(*edge);
            } else if !self.done.contains(&edge.1) {
                self.visit(edge.1);
            }
        }
        self.open.pop();
        self.done.push(at);
    }
}

/// A lane for each stretch, so that stretches of one lane do not touch: the short ones are nearest.
pub(super) fn lanes(stretches: &[(i32, i32)]) -> Vec<usize> {
    let mut by_length: Vec<usize> = (0..stretches.len()).collect();
    let stretch = |place: usize| stretches.get(place).copied().unwrap_or_default();
    by_length.sort_by_key(|place| (stretch(*place).1.saturating_sub(stretch(*place).0), *place));
    let mut taken: Vec<Vec<(i32, i32)>> = Vec::new();
    let mut lanes = vec![0; stretches.len()];
    for place in by_length {
        let (top, bottom) = stretch(place);
        let free = |lane: &Vec<(i32, i32)>| lane.iter().all(|(start, end)| bottom < *start || *end < top);
        let lane = taken.iter().position(free).unwrap_or_else(|| {
            taken.push(Vec::new());
            taken.len().saturating_sub(1)
        });
        if let Some(lane) = taken.get_mut(lane) {
            lane.push((top, bottom));
        }
        if let Some(own) = lanes.get_mut(place) {
            *own = lane;
        }
    }
    lanes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_stands_once_and_below_where_it_comes_from() {
        let order = order();
        assert_eq!(order.len(), Status::ALL.len());
        let place = |status: Status| order.iter().position(|other| *other == status).unwrap();
        assert_eq!(place(ARRIVAL), 0);
        for (above, below) in [
            (Status::Triage, Status::Assigned),
            (Status::Assigned, Status::Investigation),
            (Status::Investigation, Status::FindingsReview),
            (Status::FindingsReview, Status::Closed),
            (Status::Closed, Status::Archived),
            (Status::Withdrawn, Status::Archived),
            (Status::Archived, Status::Disposed),
        ] {
            assert!(place(above) < place(below), "{above} {below}");
        }
    }

    #[test]
    fn stretches_of_a_lane_do_not_touch() {
        assert_eq!(lanes(&[(0, 10), (5, 20), (11, 30), (0, 100)]), [0, 1, 0, 2]);
        assert_eq!(lanes(&[]), Vec::<usize>::new());
    }
}
