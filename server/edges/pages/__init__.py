"""Server-rendered pages, one module a part of the product; each has `routes`."""
