//! 5 local and 20 global indexes, 4 attributes a key, 100 included attributes in all.
use dynorm::DynamoModel;

#[derive(DynamoModel)]
#[dynorm(table = "books", sort_key = "{author}")]
#[dynorm(index(I0, name = "index-0", local, sort_key = pages))]
#[dynorm(index(I1, name = "index-1", local, sort_key = pages))]
#[dynorm(index(I2, name = "index-2", local, sort_key = pages))]
#[dynorm(index(I3, name = "index-3", local, sort_key = pages))]
#[dynorm(index(I4, name = "index-4", local, sort_key = pages))]
#[dynorm(index(I5, name = "index-5", local, sort_key = pages))]
struct Local {
    #[dynorm(partition_key)]
    title: String,
    author: String,
    pages: u32,
}

mod global {
    use dynorm::DynamoModel;

    #[derive(DynamoModel)]
    #[dynorm(table = "books")]
    #[dynorm(index(I0, name = "index-0", partition_key = pages))]
    #[dynorm(index(I1, name = "index-1", partition_key = pages))]
    #[dynorm(index(I2, name = "index-2", partition_key = pages))]
    #[dynorm(index(I3, name = "index-3", partition_key = pages))]
    #[dynorm(index(I4, name = "index-4", partition_key = pages))]
    #[dynorm(index(I5, name = "index-5", partition_key = pages))]
    #[dynorm(index(I6, name = "index-6", partition_key = pages))]
    #[dynorm(index(I7, name = "index-7", partition_key = pages))]
    #[dynorm(index(I8, name = "index-8", partition_key = pages))]
    #[dynorm(index(I9, name = "index-9", partition_key = pages))]
    #[dynorm(index(I10, name = "index-10", partition_key = pages))]
    #[dynorm(index(I11, name = "index-11", partition_key = pages))]
    #[dynorm(index(I12, name = "index-12", partition_key = pages))]
    #[dynorm(index(I13, name = "index-13", partition_key = pages))]
    #[dynorm(index(I14, name = "index-14", partition_key = pages))]
    #[dynorm(index(I15, name = "index-15", partition_key = pages))]
    #[dynorm(index(I16, name = "index-16", partition_key = pages))]
    #[dynorm(index(I17, name = "index-17", partition_key = pages))]
    #[dynorm(index(I18, name = "index-18", partition_key = pages))]
    #[dynorm(index(I19, name = "index-19", partition_key = pages))]
    #[dynorm(index(I20, name = "index-20", partition_key = pages))]
    struct Global {
        #[dynorm(partition_key)]
        title: String,
        pages: u32,
    }
}

#[derive(DynamoModel)]
#[dynorm(table = "books", index(Wide, partition_key(f0, f1, f2, f3, f4)))]
#[dynorm(index(Held, partition_key = f0, project(include(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22, f23, f24, f25, f26, f27, f28, f29, f30, f31, f32, f33, f34, f35, f36, f37, f38, f39, f40, f41, f42, f43, f44, f45, f46, f47, f48, f49, f50, f51, f52, f53, f54, f55, f56, f57, f58, f59, f60, f61, f62, f63, f64, f65, f66, f67, f68, f69, f70, f71, f72, f73, f74, f75, f76, f77, f78, f79, f80, f81, f82, f83, f84, f85, f86, f87, f88, f89, f90, f91, f92, f93, f94, f95, f96, f97, f98, f99, f100))))]
struct Attributes {
    #[dynorm(partition_key)]
    title: String,
    f0: u8,
    f1: u8,
    f2: u8,
    f3: u8,
    f4: u8,
    f5: u8,
    f6: u8,
    f7: u8,
    f8: u8,
    f9: u8,
    f10: u8,
    f11: u8,
    f12: u8,
    f13: u8,
    f14: u8,
    f15: u8,
    f16: u8,
    f17: u8,
    f18: u8,
    f19: u8,
    f20: u8,
    f21: u8,
    f22: u8,
    f23: u8,
    f24: u8,
    f25: u8,
    f26: u8,
    f27: u8,
    f28: u8,
    f29: u8,
    f30: u8,
    f31: u8,
    f32: u8,
    f33: u8,
    f34: u8,
    f35: u8,
    f36: u8,
    f37: u8,
    f38: u8,
    f39: u8,
    f40: u8,
    f41: u8,
    f42: u8,
    f43: u8,
    f44: u8,
    f45: u8,
    f46: u8,
    f47: u8,
    f48: u8,
    f49: u8,
    f50: u8,
    f51: u8,
    f52: u8,
    f53: u8,
    f54: u8,
    f55: u8,
    f56: u8,
    f57: u8,
    f58: u8,
    f59: u8,
    f60: u8,
    f61: u8,
    f62: u8,
    f63: u8,
    f64: u8,
    f65: u8,
    f66: u8,
    f67: u8,
    f68: u8,
    f69: u8,
    f70: u8,
    f71: u8,
    f72: u8,
    f73: u8,
    f74: u8,
    f75: u8,
    f76: u8,
    f77: u8,
    f78: u8,
    f79: u8,
    f80: u8,
    f81: u8,
    f82: u8,
    f83: u8,
    f84: u8,
    f85: u8,
    f86: u8,
    f87: u8,
    f88: u8,
    f89: u8,
    f90: u8,
    f91: u8,
    f92: u8,
    f93: u8,
    f94: u8,
    f95: u8,
    f96: u8,
    f97: u8,
    f98: u8,
    f99: u8,
    f100: u8,
}

fn main() {}
