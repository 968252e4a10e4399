"""Reads the parameter files and checks their values."""
