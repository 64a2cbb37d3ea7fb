//! Decides: configuration, frameworks, discovery, plans, paths, results and what an editor shows.
