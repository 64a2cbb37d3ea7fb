//! Reads any tool's JUnit XML without losing a test case, and writes one merged report.
