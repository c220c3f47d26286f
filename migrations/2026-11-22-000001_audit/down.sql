-- The role senim_app stays: it belongs to the cluster and may serve other databases.
drop schema audit cascade;
