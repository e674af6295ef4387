// Statics whose names end with the variant that they hold, or the type that
// they refer to: what must be read of them.
#![allow(non_upper_case_globals, dead_code, unknown_lints, unexpected_cfgs)]
// Compilers before 1.89 have no discriminants for what is not plain.

use std::borrow::Cow;
use std::convert::Infallible;
use std::num::NonZeroU32;
use std::rc::Rc;

pub trait Shape: Sync {
	fn area(&self) -> u64;
}
pub struct Square(u64);
pub struct Circle {
	name: [u8; 24],
	radius: u16,
}
impl Shape for Square {
	fn area(&self) -> u64 {
		self.0 * self.0
	}
}
impl Shape for Circle {
	fn area(&self) -> u64 {
		self.radius as u64 * self.name[0] as u64
	}
}

pub enum Multi {
	Text(String),
	Nothing,
	Number { value: u32 },
	Pair(u8, u64),
}
#[cfg(explicit)]
#[repr(i8)]
pub enum Signs {
	Minus(u8) = -3,
	Plus(u64) = 5,
}
#[cfg(explicit)]
#[repr(i128)]
pub enum Wide {
	Low(u8) = -1,
	Two(u8) = 2,
	High(u8) = 1 << 100,
}
pub enum Single {
	Only(u64),
}
pub enum Nested {
	First(Option<Option<bool>>),
	Second,
}
#[repr(align(64))]
pub struct Aligned(u8);

#[used]
pub static a__None: Option<u64> = None;
#[used]
pub static b__Some: Option<u64> = Some(7);
#[used]
pub static c__None: Option<&u32> = None;
#[used]
pub static d__Some: Option<&u32> = Some(&5);
#[used]
pub static e__Text: Multi = Multi::Text(String::new());
#[used]
pub static f__Nothing: Multi = Multi::Nothing;
#[used]
pub static g__Number: Multi = Multi::Number { value: 3 };
#[used]
pub static h__Pair: Multi = Multi::Pair(1, 2);
#[cfg(explicit)]
#[used]
pub static i__Minus: Signs = Signs::Minus(9);
#[cfg(explicit)]
#[used]
pub static j__Plus: Signs = Signs::Plus(9);
#[cfg(explicit)]
#[used]
pub static k__Low: Wide = Wide::Low(1);
#[cfg(explicit)]
#[used]
pub static l__Two: Wide = Wide::Two(1);
#[cfg(explicit)]
#[used]
pub static m__High: Wide = Wide::High(1);
#[used]
pub static n__Only: Single = Single::Only(4);
#[used]
pub static o__Ok: Result<u32, Infallible> = Ok(3);
#[used]
pub static p__Err: Result<u32, u64> = Err(3);
#[used]
pub static q__Borrowed: Cow<str> = Cow::Borrowed("text");
#[used]
pub static r__Owned: Cow<str> = Cow::Owned(String::new());
#[used]
pub static s__None: Option<char> = None;
#[used]
pub static t__Some: Option<char> = Some('\u{10ffff}');
#[used]
pub static u__None: Option<Option<bool>> = None;
#[used]
pub static v__Some: Option<Option<bool>> = Some(None);
#[used]
pub static w__Some: Option<Option<bool>> = Some(Some(true));
#[used]
pub static x__None: Option<NonZeroU32> = None;
#[used]
pub static y__Some: Option<NonZeroU32> = NonZeroU32::new(1);
#[used]
pub static z__First: Nested = Nested::First(Some(None));
#[used]
pub static za__Second: Nested = Nested::Second;
#[used]
pub static zb__Some: Option<Vec<u8>> = Some(Vec::new());
#[used]
pub static zc__None: Option<Vec<u8>> = None;
#[used]
pub static aligned: Aligned = Aligned(1);

pub struct Pointers {
	owner: Box<Square>,
	shared: Rc<u8>,
	borrow: &'static Square,
	raw: *mut Square,
	slice: &'static [u8],
	text: Box<str>,
}
#[used]
pub static pointers: Option<&(dyn Fn(Pointers) -> u32 + Sync)> = Some(&|p| p.owner.0 as u32);

fn main() {
	let shapes: Vec<Box<dyn Shape>> =
		vec![Box::new(Square(3)), Box::new(Circle { name: [1; 24], radius: 2 })];
	println!("{}", shapes.iter().map(|s| s.area()).sum::<u64>());
}
