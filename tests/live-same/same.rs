// Blocks of several owners, rings, and threads that wait for each other.
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::{fs, thread, time};

struct Page {
    text: String,
    next: Option<Box<Page>>,
}

struct Person {
    friends: RefCell<Vec<Rc<Person>>>,
    name: String,
}

fn main() {
    let mut pages: Option<Box<Page>> = None;
    let mut by_name: HashMap<String, u64> = HashMap::new();
    for i in 0..500 {
        pages = Some(Box::new(Page { text: format!("page {i}"), next: pages }));
        by_name.insert(format!("page {i}"), i);
    }
    for i in 0..10 {
        let first = Rc::new(Person { friends: RefCell::new(vec![]), name: format!("{i}") });
        let second = Rc::new(Person { friends: RefCell::new(vec![]), name: format!("-{i}") });
        first.friends.borrow_mut().push(second.clone());
        second.friends.borrow_mut().push(first.clone());
    }
    let left = Arc::new(Mutex::new(1));
    let right = Arc::new(Mutex::new(2));
    for (one, other) in [(&left, &right), (&right, &left)] {
        let (one, other) = (one.clone(), other.clone());
        thread::spawn(move || {
            let _one = one.lock().unwrap();
            thread::sleep(time::Duration::from_millis(100));
            let _other = other.lock().unwrap();
        });
    }
    thread::sleep(time::Duration::from_millis(400));
    fs::write("report", "ready\n").unwrap();
    thread::sleep(time::Duration::from_secs(3600));
    println!("{} {}", pages.map_or(0, |page| page.text.len() + page.next.is_some() as usize), by_name.len());
    let _ = Person { friends: RefCell::new(vec![]), name: String::new() }.name;
}
