//! The program as its users have it: a process, its HTTP interface, its command line.

#![cfg(test)]

mod access;
mod crash;
