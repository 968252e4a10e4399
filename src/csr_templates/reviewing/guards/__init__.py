"""Guards: what protects data, keeps records or calls someone, before and after."""
