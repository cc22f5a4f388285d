"""Many runs of one pool with some of its keys varied: searched, stored as they finish, compared over time."""
