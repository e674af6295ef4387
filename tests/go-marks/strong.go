package main

func weakly() {}
