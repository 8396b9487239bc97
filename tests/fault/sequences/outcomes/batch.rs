//! Batches: each write may be done or not.

use std::collections::BTreeSet;

use super::super::service::Write;
use super::super::world::{Action, Seen, World};
use super::{Way, is_displeasing, landed};

/// What is stored if some of these writes are done.
pub(super) fn subsets(writes: &[Write], world: World) -> Vec<World> {
    let mut worlds = vec![world];
    for write in writes {
        for place in 0..worlds.len() {
            let mut done = worlds[place].clone();
            if write.failure(&done.items).is_none() {
                write.apply(&mut done.items);
                worlds.push(done);
            }
        }
    }
    worlds
}

/// A batch that ended: what it does not return is done, in order; what it returns may be, and may still arrive.
pub(super) fn outcomes(writes: &[Write], world: World, seen: &Seen, found: &mut BTreeSet<World>) {
    let left: &[usize] = match seen {
        Seen::Left(left) => left,
        _ => &[],
    };
    let displeases = writes.iter().any(is_displeasing);
    if left.is_empty() && displeases != (*seen == Seen::Displeased) {
        return;
    }
    let start = Way::new(world);
    // What was on its way arrives after the first attempt, which may have been in vain, or have done all there is to do.
    for early in landed(&start, &Action::Each(Vec::new())) {
        for before in [true, false] {
            let origin = if before { early.world.clone() } else { start.world.clone() };
            let mut worlds = vec![World { late: Vec::new(), ..origin }];
            for (place, write) in writes.iter().enumerate() {
                let known = !left.contains(&place);
                for at in 0..worlds.len() {
                    let mut done = worlds[at].clone();
                    write.apply(&mut done.items);
                    if known {
                        worlds[at] = done;
                    } else {
                        worlds.push(done);
                    }
                }
            }
            let waiting: Vec<Write> = left.iter().map(|&place| writes[place].clone()).collect();
            for world in worlds {
                let arrived = if before { vec![world] } else { late_over(world, &start.world.late) };
                for world in arrived {
                    if !waiting.is_empty() {
                        found.insert(World { late: vec![Action::Each(waiting.clone())], ..world.clone() });
                    }
                    found.insert(world);
                }
            }
        }
    }
}

/// Earlier calls' attempts arrive in this state, or never do.
fn late_over(world: World, late: &[Action]) -> Vec<World> {
    let way = Way::new(World { late: late.to_vec(), ..world });
    landed(&way, &Action::Each(Vec::new())).into_iter().map(|way| way.world).collect()
}
