import type { Sql } from "../db/client.ts";
import { newId } from "../server/new_id.ts";

const FIRST_NAMES =
  "Иван Пётр Сергей Алексей Дмитрий Андрей Михаил Николай Владимир Александр Евгений Юрий Олег Игорь Виктор Павел Роман Максим Артём Денис Анна Мария Елена Ольга Наталья Татьяна Светлана Ирина Екатерина Юлия Галина Людмила Вера Надежда Любовь Ксения Дарья Полина Алина Марина";
const ROOTS =
  "Иван Петр Сидор Кузнец Смирн Попов Васил Соколов Михайл Новик Фёдор Мороз Волк Алексе Лебед Семён Егор Павл Козл Степан Никола Орл Андре Макар Никит Захар Зайц Соловь Борис Яковл Григор Роман Воробь Сергее Фрол Александр Дмитри Королё Гусе Кисел Ильи Максим Поляк Сорок Виноград Ковал Бел Медвед Антон Тарас Жук Баран Филипп Комар Давыд Бел Герасим Богдан Осип Сид Матве Титов Марк Мирон Крыл Кудряв Карп Влас Мельник Денис Гаврил Тихон Казак Афанас Данил Савель Тимофе Фомин Чернов Абрам Марты Ефим Федот Щерба Назар Калин Исак Черныш Быч Кононов Родион Анис Лук Логин Леон Горбун";
const ENDINGS =
  "ов ова ев ева ин ина ский ская енко ук юк цев цева ников никова овский овская ёв ёва ных ян идзе швили ович евич чук ишин ишина кин кина ухин ухина ягин ягина анов анова енков енкова";
const STREETS =
  "Ленина Гагарина Мира Советская Садовая Лесная Полевая Школьная Новая Центральная Молодёжная Зелёная Заречная Октябрьская Комсомольская Пушкина Кирова Набережная Победы Строителей Юбилейная Рабочая Первомайская Калинина Чехова Горького Луговая Восточная Западная Парковая";
const WORKS =
  "штукатурка стен укладка плитки демонтаж перегородок стяжка пола монтаж потолка электрика разводка труб отопление кровля фасад утепление гидроизоляция окна двери ламинат обои покраска забор фундамент кладка кирпича бетон армирование вывоз мусора сантехника тёплый пол гипсокартон откосы плинтус";

export interface SearchSize {
  readonly clients: number;
  readonly companies: number;
}

/**
 * Clients with the record of a CRM each, spread evenly over companies. Straight into the tables: triggers
 * are off, the documents are written afterwards as a migration writes them.
 */
export async function loadClients(
  sql: Sql,
  { clients, companies: companyCount }: SearchSize,
): Promise<string[]> {
  const companies = Array.from({ length: companyCount }, () => newId());
  const surnames = ROOTS.split(" ").flatMap((root) =>
    ENDINGS.split(" ").map((ending) => root + ending),
  );
  for (const companyId of companies) {
    await sql.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      await tx`set local statement_timeout = 0`;
      await tx`insert into companies (company_id, name) values (${companyId}, 'Замер')`;
      const connectionId = newId();
      await tx`
        insert into crm_connections (company_id, id, kind, account, secrets)
        values (${companyId}, ${connectionId}, 'bitrix24', 'bench.example', '\\x00')
      `;
      await tx`
        with dice as materialized (
          select
            uuidv7() as id, number, (random() * 1e9)::bigint as phone,
            (${surnames}::text[])[1 + (power(random(), 1.5) * ${surnames.length - 1})::int] as surname,
            (${FIRST_NAMES.split(" ")}::text[])[1 + (random() * 39)::int] as first_name,
            (${STREETS.split(" ")}::text[])[1 + (random() * 29)::int] as street,
            (${WORKS.split(" ")}::text[])[1 + (random() * 34)::int] as work,
            (${WORKS.split(" ")}::text[])[1 + (random() * 34)::int] as other_work
          from generate_series(1, ${Math.ceil(clients / companyCount)}) as number
        ), added as (
          insert into clients (
            company_id, id, name, kind, phones, phone_numbers, emails, address
          )
          select
            ${companyId}, id, surname || ' ' || first_name, 'person',
            jsonb_build_array(jsonb_build_object(
              'raw', '8' || (9000000000 + phone), 'e164', '+7' || (9000000000 + phone))),
            array['+7' || (9000000000 + phone)],
            array['client' || number || '@mail.ru'],
            'ул. ' || street || ', ' || (number % 200)
          from dice
        )
        insert into crm_clients (
          company_id, connection_id, entity, remote_id, client_id, sync_data, remote_hash,
          remote_updated_at, seen_at
        )
        select
          ${companyId}, ${connectionId}, 'contact', number::text, id,
          jsonb_build_object(
            'kind', 'person', 'name', surname || ' ' || first_name,
            'phones', jsonb_build_array('8' || (9000000000 + phone)),
            'emails', jsonb_build_array('client' || number || '@mail.ru'),
            'externalKey', null,
            'comment', 'Интересует ' || work || ' и ' || other_work || ', улица ' || street,
            'source', 'Звонок с сайта', 'responsible', 'Менеджер отдела продаж',
            'stage', 'Первичный контакт', 'tags', jsonb_build_array('ремонт', work),
            'utm', jsonb_build_object('source', 'yandex', 'medium', 'cpc', 'campaign', 'remont'),
            'address', jsonb_build_object('city', 'Екатеринбург', 'street', street,
              'house', (number % 200)::text)
          ),
          md5(number::text), now(), now()
        from dice
      `;
    });
  }
  return companies;
}
