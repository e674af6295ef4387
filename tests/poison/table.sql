-- A table filled, indexed, joined and thinned out.
create table t(a integer primary key, b text, c real);
with recursive n(i) as (select 1 union all select i+1 from n where i < 60000) insert into t select i, hex(i*7919 % 100003), i*1.5 from n;
create index tb on t(b);
select count(*), sum(a), max(b), avg(c) from t;
select b, count(*) from t group by substr(b,1,3) order by 1 limit 30;
delete from t where a % 3 = 0;
select x.a, y.b from t x join t y on x.a = y.a + 17 where x.b like '3%7' order by x.b desc limit 40;
with recursive f(a,b) as (select 0,1 union all select b, (a+b) % 1000003 from f limit 20000) select sum(a) from f;
