// Locals of Rust: strings, slices, tuples, references, generics.
use std::collections::HashMap;

struct Job {
    id: u32,
    name: String,
    data: Vec<u8>,
}

struct Pair<T> {
    first: T,
    second: T,
}

#[inline(always)]
fn stop(pair: &Pair<usize>) {
    if pair.first == pair.second {
        std::process::abort();
    }
}

#[inline(never)]
fn work(job: &Job, depth: usize, table: &HashMap<u32, String>) -> usize {
    let local = Job {
        id: depth as u32,
        name: format!("n{}", depth),
        data: vec![1, 2, 3],
    };
    let pair = (depth as u16, job.id);
    let slice = &local.data[1..];
    stop(&Pair { first: depth, second: table.len() * 6 });
    let got = work(&local, depth + 1, table);
    got + local.name.len() + pair.0 as usize + slice.len()
}

fn main() {
    let mut table = HashMap::new();
    table.insert(1, String::from("one"));
    table.insert(2, String::from("two"));
    let job = Job { id: 7, name: "first".into(), data: vec![9] };
    let sum = work(&job, 0, &table);
    println!("{} {} {} {}", sum, job.id, job.name, job.data.len());
}
