package id.cetak.architecture.seeded.sql;

import jakarta.persistence.EntityManager;

record GuiltyQuery(EntityManager database) {}
