package id.cetak.architecture.seeded.sql;

import java.sql.Connection;

record GuiltyConnection(Connection database) {}
