package id.cetak.architecture.seeded.sql;

import io.quarkus.hibernate.orm.panache.PanacheQuery;

record GuiltyPanache(PanacheQuery<String> query) {}
