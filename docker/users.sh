#!/usr/bin/env bash
# PostgreSQL's first start: the database, its owner, and the application's user, who owns nothing.
# Their rights on the tables are given by `manage.py set_up_roles`, after the tables exist.
set -eu
psql --username "$POSTGRES_USER" --dbname postgres -v ON_ERROR_STOP=1 \
    -v owner_password="$OWNER_PASSWORD" -v app_password="$APP_PASSWORD" <<'SQL'
CREATE ROLE lsp_owner LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB PASSWORD :'owner_password';
CREATE ROLE lsp_app LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB PASSWORD :'app_password';
CREATE DATABASE lsp OWNER lsp_owner;
REVOKE ALL ON DATABASE lsp FROM PUBLIC;
GRANT CONNECT ON DATABASE lsp TO lsp_app;
SQL
